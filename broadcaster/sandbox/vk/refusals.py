"""What VK answers instead of a response: HTTP 200 with an error in the body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broadcaster.sandbox.vk.tables import ERRORS

CAPTCHA = 14
VALIDATION = 17


class Refusal(Exception):
    """VK refuses a request, a call in a script, or one recipient."""

    def __init__(self, code: int, detail: str = "") -> None:
        words = ERRORS.get(code, "Error")
        super().__init__(f"{words}: {detail}" if detail else words)
        self.code = code

    def body(self, method: str, form: Mapping[str, str], base_url: str) -> dict[str, Any]:
        """The whole answer to a request; it repeats the parameters, all but the token."""
        given = {"method": method, **form}
        error: dict[str, Any] = {
            "error_code": self.code,
            "error_msg": str(self),
            "request_params": [
                {"key": key, "value": value}
                for key, value in given.items()
                if key != "access_token"
            ],
        }
        if self.code == CAPTCHA:
            error |= {"captcha_sid": "1", "captcha_img": f"{base_url}/captcha.php?sid=1"}
        if self.code == VALIDATION:
            error["redirect_uri"] = f"{base_url}/validation"
        return {"error": error}

    def of_peer(self) -> dict[str, Any]:
        """The error of one recipient among several."""
        return {"code": self.code, "description": str(self)}

    def of_call(self, method: str) -> dict[str, Any]:
        """The error of one call in a script."""
        return {"method": method, "error_code": self.code, "error_msg": str(self)}
