"""The key of an installation is changed, and families' links still open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SIGN = "print(UNSUBSCRIBE.sign('7'))"
READ = "print(UNSUBSCRIBE.unsign({token!r}))"


def said(home: Path, code: str, **more: str) -> str:
    """The last line that some code prints in an installation of this home."""
    start = "import django; django.setup()\nfrom broadcaster.services.control import UNSUBSCRIBE\n"
    own = {"DJANGO_SETTINGS_MODULE": "broadcaster.settings", "BROADCASTER_HOME": str(home)}
    taken = {"SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATABASE_URL", "BROADCASTER_CONFIG"}
    kept = {name: value for name, value in os.environ.items() if name not in taken}
    done = subprocess.run(
        [sys.executable, "-c", start + code],
        cwd=ROOT,
        env=kept | own | more,
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout or done.stderr).splitlines()[-1]


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A home whose key was set aside, a link signed with it, and that key."""
    home = tmp_path_factory.mktemp("home")
    token = said(home, SIGN)
    (home / "secret_key").rename(home / "secret_key.old")
    return home, token, (home / "secret_key.old").read_text("utf-8")


def test_what_a_former_key_has_signed_is_accepted(changed: tuple[Path, str, str]) -> None:
    home, token, _key = changed
    assert said(home, READ.format(token=token)) == "7"


def test_a_former_key_signs_nothing_any_more(changed: tuple[Path, str, str]) -> None:
    home, token, _key = changed
    assert said(home, SIGN) != token


def test_former_keys_may_stand_in_the_environment(
    changed: tuple[Path, str, str], tmp_path: Path
) -> None:
    _home, token, key = changed
    read = READ.format(token=token)
    assert said(tmp_path, read, SECRET_KEY="new", SECRET_KEY_FALLBACKS=f"older {key}") == "7"


def test_without_the_former_key_the_link_is_refused(
    changed: tuple[Path, str, str], tmp_path: Path
) -> None:
    _home, token, _key = changed
    assert "BadSignature" in said(tmp_path, READ.format(token=token))
