"""Which modules may open a connection or start a program: a new one is a decision, made here.

What a user writes never chooses where one of these goes: docs/decisions/0053-what-is-fuzzed.md.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

WAYS_OUT: Mapping[str, str] = {
    "broadcaster/bootstrap.py": "loads the adapters named in the settings",
    "broadcaster/services/backup/postgres.py": "pg_dump and pg_restore, on the school's database",
    "broadcaster/services/backup/sqlite.py": "loads one migration by its name",
    "broadcaster/services/broker.py": "Redis at REDIS_URL",
    "broadcaster/services/calling.py": "webhooks: addresses of an administrator",
    "broadcaster/cli/demo.py": "looks for a free port",
    "broadcaster/cli/demo_gallery.py": "the demo's own feed on this machine",
    "broadcaster/cli/keeping.py": "starts what DATABASE_URL and the command line name",
    "broadcaster/cli/ports.py": "looks whether a port is free",
    "broadcaster/cli/frame.py": "imports the command that was typed, by the table of commands",
    "broadcaster/cli/processes.py": "starts our own processes",
    "broadcaster/folder_broker.py": "Celery's transport by files",
    "broadcaster/variables.py": "asks Redis's client whether it reads REDIS_URL, connects nowhere",
    "channels/email/connection.py": "the SMTP server of the settings",
    "channels/email/errors.py": "only the names of errors",
    "channels/email/line.py": "the SMTP server of the settings",
    "channels/email/plain.py": "the SMTP server of the settings",
    "channels/telegram/bot.py": "the Bot API of the settings",
    "channels/telegram/files.py": "the Bot API of the settings",
    "channels/telegram/media.py": "the Bot API of the settings",
    "channels/telegram/request.py": "the Bot API of the settings, no redirects",
    "channels/telegram/sender.py": "the Bot API of the settings",
    "channels/vk/api.py": "the API of the settings and the upload servers it names, no redirects",
}
"""Every module outside the sandbox that could reach something, and what that is."""

LIBRARIES = frozenset(
    {
        *("socket", "requests", "aiohttp", "httpx", "httplib2", "urllib3", "smtplib", "aiosmtplib"),
        *("ftplib", "poplib", "imaplib", "telnetlib", "xmlrpc", "socketserver", "webbrowser"),
        *("telegram", "vk_api", "redis", "kombu", "psycopg", "subprocess", "pty", "importlib"),
        *("multiprocessing", "paramiko", "pexpect", "dns", "ldap3", "websockets", "websocket"),
    }
)
MODULES = frozenset({"http.client", "urllib.request", "xml.sax", "logging.handlers"})
CALLS = frozenset(
    {
        *("open_connection", "create_connection", "open_unix_connection", "start_server"),
        *("create_subprocess_exec", "create_subprocess_shell", "system", "popen", "posix_spawn"),
        *("execv", "execve", "execvp", "execvpe", "spawnv", "import_module", "__import__"),
    }
)
HARMLESS = frozenset({"constants", "exceptions", "error", "errors"})
"""Parts of libraries that only name things."""


@cache
def ways_out() -> frozenset[str]:
    return frozenset(str(file.relative_to(ROOT)) for file in sources() if opens(file))


def test_every_way_out_is_known() -> None:
    assert ways_out() - set(WAYS_OUT) == set()


def test_no_way_out_is_listed_that_is_closed() -> None:
    assert set(WAYS_OUT) - ways_out() == set()


def test_a_new_way_out_is_seen(tmp_path: Path) -> None:
    for line in (
        "import requests",
        "from urllib.request import urlopen",
        "import http.client",
        "import asyncio\nasyncio.open_connection('a', 1)",
        "import os\nos.system('x')",
        "from redis import Redis",
    ):
        file = tmp_path / "new.py"
        file.write_text(line, "utf-8")
        assert opens(file), line


def test_names_of_errors_are_no_way_out(tmp_path: Path) -> None:
    file = tmp_path / "new.py"
    lines = (
        "from redis import RedisError",
        "from http import HTTPStatus",
        "from urllib.parse import quote",
        "from telegram.constants import ParseMode",
        "from urllib3.exceptions import HTTPError",
    )
    file.write_text("\n".join(lines), "utf-8")
    assert not opens(file)


def sources() -> Iterator[Path]:
    """What runs at a school; the sandbox's platforms are servers on this machine."""
    yield ROOT / "worker.py"
    for folder in ("broadcaster", "channels"):
        for file in (ROOT / folder).rglob("*.py"):
            if "sandbox" not in file.relative_to(ROOT).parts[:2]:
                yield file


def opens(file: Path) -> bool:
    """Whether a module imports what connects, or calls it by a name that gives it away."""
    tree = ast.parse(file.read_text("utf-8"))
    return any(_reaches(name) for name in _imported(tree)) or bool(_called(tree) & CALLS)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _reaches(name: str) -> bool:
    parts = name.split(".")
    if HARMLESS & set(parts[1:]) or parts[-1].endswith(("Error", "Cursor")):
        return False
    return parts[0] in LIBRARIES or any(
        name == one or name.startswith(f"{one}.") for one in MODULES
    )


def _called(tree: ast.AST) -> set[str]:
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        one.attr if isinstance(one, ast.Attribute) else one.id
        for one in calls
        if isinstance(one, (ast.Attribute, ast.Name))
    }
