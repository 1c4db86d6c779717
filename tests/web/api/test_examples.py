"""What `docs/api.md` shows works: its commands are run by curl, its check of signatures is used."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from broadcaster.domain.calls import signature
from broadcaster.web.api import api
from tests.lacking import lacking
from tests.web.api.desk import diary

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("school_1a"),
]

ROOT = Path(__file__).resolve().parents[3]
NO_CURL = "no curl here: apt-get install curl"
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
SCRIPT = "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
CODES = set(re.findall(r"`([a-z_]+)`", PAGE[PAGE.index("| status | code |") :].split("\n\n")[0]))


def run(script: str, server: LiveServer) -> list[Any]:
    """What the commands of the page answer when they are pasted one after another."""
    settings = {"SCHOOL": server.url, "TOKEN": diary().secret}
    said = subprocess.run(
        ["sh", "-e", "-u", "-c", script],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return objects(said.stdout.decode().strip())


def objects(text: str) -> list[Any]:
    """The JSON objects that stand in a text one after another."""
    found = []
    while text:
        one, end = json.JSONDecoder().raw_decode(text)
        found.append(one)
        text = text[end:].lstrip()
    return found


def test_the_commands_work_when_pasted_one_after_another(live_server: LiveServer) -> None:
    if shutil.which("curl") is None:
        lacking(NO_CURL)
    said = run(SCRIPT, live_server)
    assert len(said) == SCRIPT.count("curl ") - SCRIPT.count("ID=$(curl ")
    assert [one for one in said if "code" in one] == []


def test_every_operation_is_shown_or_named() -> None:
    for path, methods in api.get_openapi_schema(path_prefix="api/v1/")["paths"].items():
        assert path.replace("{announcement}", "$ID") in PAGE, methods


def test_every_code_is_in_the_table() -> None:
    source = (ROOT / "broadcaster" / "web" / "api").glob("*.py")
    text = "".join(file.read_text("utf-8") for file in source)
    used = set(re.findall(r'Problem\(\s*\d{3},\s*"([a-z_]+)"', text))
    assert used == CODES


def test_the_check_of_signatures_is_right() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    secret, body = "whsec_" + "QUJD" * 8, b'{"type": "test"}'
    now = int(names["time"].time())
    headers = {
        "webhook-id": "call_1",
        "webhook-timestamp": str(now),
        "webhook-signature": signature(secret, call="call_1", timestamp=now, body=body),
    }
    assert names["is_genuine"](secret, headers, body)
    assert not names["is_genuine"](secret, headers, body + b" ")
