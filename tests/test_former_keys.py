"""The key of an installation is changed, and families' links still open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SEAL = "from broadcaster.services.seals import Seal; UNSUBSCRIBE = Seal(salt='unsubscribe')"
OF_THE_PROGRAM = (
    "import django; django.setup(); from broadcaster.services.control import UNSUBSCRIBE"
)
"""What seals the links, and the same as the program has it, which takes longer to start."""
SIGN = "print(UNSUBSCRIBE.sign('7'))"
READ = "print(UNSUBSCRIBE.unsign({token!r}))"


def said(home: Path, code: str, start: str = SEAL, **more: str) -> str:
    """The last line that some code prints in an installation of this home."""
    own = {"DJANGO_SETTINGS_MODULE": "broadcaster.settings", "BROADCASTER_HOME": str(home)}
    taken = {"SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATABASE_URL", "BROADCASTER_CONFIG"}
    kept = {name: value for name, value in os.environ.items() if name not in taken}
    done = subprocess.run(
        [sys.executable, "-c", f"{start}\n{code}"],
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
    assert said(home, READ.format(token=token), OF_THE_PROGRAM) == "7"


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


@pytest.mark.parametrize("key", ["abc\n", "four words of mine", "four words and a line\n"])
def test_a_key_is_accepted_as_it_stood_in_its_file(tmp_path: Path, key: str) -> None:
    (tmp_path / "secret_key").write_text(key, "utf-8")
    token = said(tmp_path, SIGN)
    (tmp_path / "secret_key").rename(tmp_path / "secret_key.old")
    assert said(tmp_path, READ.format(token=token)) == "7"


def test_a_word_of_a_former_key_is_no_key(tmp_path: Path) -> None:
    token = said(tmp_path, SIGN, SECRET_KEY="four")
    (tmp_path / "secret_key.old").write_text("four words of mine", "utf-8")
    assert "BadSignature" in said(tmp_path, READ.format(token=token))


@pytest.mark.parametrize("key", ["oldest", "older"])
def test_each_line_of_the_file_is_a_former_key(tmp_path: Path, key: str) -> None:
    token = said(tmp_path, SIGN, SECRET_KEY=key)
    (tmp_path / "secret_key.old").write_text("oldest\n\nolder\n", "utf-8")
    assert said(tmp_path, READ.format(token=token)) == "7"


def test_an_empty_file_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "secret_key.old").write_text(" \n", "utf-8")
    keys = "from django.conf import settings; print(settings.SECRET_KEY_FALLBACKS)"
    assert said(tmp_path, keys) == "[]"


def test_the_variable_and_the_file_both_count(tmp_path: Path) -> None:
    token = said(tmp_path, SIGN, SECRET_KEY="in the file")
    (tmp_path / "secret_key.old").write_text("in the file", "utf-8")
    assert said(tmp_path, READ.format(token=token), SECRET_KEY_FALLBACKS="another") == "7"
