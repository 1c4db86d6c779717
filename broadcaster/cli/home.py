"""The demo's own world: nothing of it touches the school's data."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from broadcaster.cli.output import BAD_INPUT, fail
from broadcaster.config_values import ROOT
from broadcaster.i18n import _
from broadcaster.playground import TOKENS

DEMO = ROOT / "var" / "demo"
MARK = ".broadcaster-demo"
"""The file by which a home of the demo is known: nothing else is ever wiped."""

held: list[FileLock] = []
"""The lock of this process's demo, until the process ends."""


def demo_environment() -> dict[str, str]:
    """A fresh home with the embedded database and broker, which this process keeps for itself.

    It is `BROADCASTER_DEMO`, else `var/demo` in the source tree. Raises Failed when another demo
    runs there or when the folder holds anything but an old demo.
    """
    home = Path(os.environ.get("BROADCASTER_DEMO") or DEMO).resolve()
    home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # often the school's own home
    _lock(home)
    _wipe(home)
    return {
        "BROADCASTER_HOME": str(home),
        "BROADCASTER_CONFIG": str(home / "school.yaml"),
        "BROADCASTER_SITE": "",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "SMTP_PASSWORD": "",
        **TOKENS,
    }


def _lock(home: Path) -> None:
    lock = FileLock(home.with_name(f"{home.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        words = _("Показ в папке {home} уже идёт. Остановите его: Ctrl-C в его окне.")
        fail("demo_running", [words.format(home=home)], exit_code=BAD_INPUT)
    held.append(lock)


def _wipe(home: Path) -> None:
    ours = home == DEMO or (home / MARK).exists()
    if home.exists() and not ours and any(home.iterdir()):
        words = _("В папке {home} чужие файлы. Укажите в BROADCASTER_DEMO пустую папку.")
        fail("not_a_demo", [words.format(home=home)], exit_code=BAD_INPUT)
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    (home / MARK).touch()
