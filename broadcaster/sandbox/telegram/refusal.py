"""Answers of the Bot API that refuse a call."""

from __future__ import annotations

from typing import Any

_PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class Refusal(Exception):
    """A call that is refused with an HTTP status, words and machine-readable parameters."""

    def __init__(self, status: int, words: str = "", **parameters: int) -> None:
        prefix = _PREFIXES[status]
        super().__init__(f"{prefix}: {words}" if words else prefix)
        self.status = status
        self.parameters = parameters

    @property
    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.status,
            "description": str(self),
        }
        return {**body, "parameters": self.parameters} if self.parameters else body

    @property
    def headers(self) -> dict[str, str]:
        """The answer's headers: the wait stands there once more."""
        wait = self.parameters.get("retry_after")
        return {} if wait is None else {"Retry-After": str(wait)}


def bad(words: str) -> Refusal:
    """A 400."""
    return Refusal(400, words)


def too_many(seconds: int) -> Refusal:
    """A 429 with its wait."""
    return Refusal(429, f"retry after {seconds}", retry_after=seconds)
