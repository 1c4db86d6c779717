"""pytest's first word: a home and a database of the tests' own, before Django's settings are read.

It is loaded by `-p` in pyproject.toml: pytest-django reads the settings before any conftest.py.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.servers.postgres import clients, running_postgres
from tests.servers.process import Server

POSTGRES = pytest.StashKey[Server]()
ROOT = Path(__file__).resolve().parent.parent.parent
OURS = re.compile(r"BROADCASTER_(?!TEST_)|(DATABASE_URL|REDIS_URL|SECRET_KEY)$")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database postgresql` runs the tests of the store on PostgreSQL."""
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what the tests' database is: sqlite (default) or postgresql",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Set the environment that `broadcaster.settings` reads; all of it goes when pytest ends."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `timeout` is to leave no servers
    belongings = ExitStack()
    early_config.add_cleanup(belongings.close)
    home = belongings.enter_context(TemporaryDirectory(prefix="broadcaster-home-"))
    database = f"sqlite:///{home}/broadcaster.sqlite3"
    if early_config.known_args_namespace.database == "postgresql":
        server = belongings.enter_context(running_postgres())
        early_config.stash[POSTGRES] = server
        database = server.url
        os.environ["PATH"] += os.pathsep + str(clients())
    _forget_the_installation()
    os.environ["BROADCASTER_HOME"] = home
    os.environ["BROADCASTER_CONFIG"] = f"{home}/school.yaml"
    os.environ["DATABASE_URL"] = database
    yield


def _forget_the_installation() -> None:
    """Neither the settings nor the secrets of a real school reach the tests."""
    secrets = re.findall(r"\benv:(\w+)", (ROOT / "config" / "default.yaml").read_text("utf-8"))
    for name in list(os.environ):
        if OURS.match(name) or name in secrets:
            del os.environ[name]
