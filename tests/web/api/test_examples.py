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
from tests.web.api.desk import EXCURSION, diary

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("school_1a"),
]

ROOT = Path(__file__).resolve().parents[3]
NO_CURL = "no curl here: apt-get install curl"
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
COMMANDS = [
    command.replace("\\\n", " ")
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for command in re.split(r"\n(?=curl)", block.strip())
]
CODES = set(re.findall(r"`([a-z_]+)`", PAGE[PAGE.index("| status | code |") :].split("\n\n")[0]))


def run(command: str, server: LiveServer) -> Any:
    program = diary()
    draft = program.post("/announcements", EXCURSION).json["id"]
    settings = {"SCHOOL": server.url, "TOKEN": program.secret, "ID": str(draft)}
    said = subprocess.run(
        ["sh", "-c", command],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        check=True,
        timeout=30,
    )
    return json.loads(said.stdout)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.split('"')[1][7:])
def test_every_command_works(command: str, live_server: LiveServer) -> None:
    if shutil.which("curl") is None:
        lacking(NO_CURL)
    assert "code" not in run(command, live_server)


def test_every_operation_is_shown_or_named() -> None:
    for path, methods in api.get_openapi_schema(path_prefix="api/v1/")["paths"].items():
        assert path.replace("{announcement}", "$ID") in PAGE or "/release" in path, methods
    assert "POST /announcements/{id}/release" in PAGE


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
