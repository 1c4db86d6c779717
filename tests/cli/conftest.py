"""What the tests of the command line ask for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadcaster.bootstrap import office, showroom
from broadcaster.cli.app import run
from broadcaster.cli.playground import Playground, playground
from tests.cli.desk import Program, Said, Typed

Settings = Callable[[str], None]


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    """Types a command line inside this process."""

    def typing(*words: str | Path) -> Said:
        capsys.readouterr()
        code = run([str(word) for word in words])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return typing


@pytest.fixture(scope="session")
def platforms() -> Iterator[Playground]:
    """The sandbox platforms."""
    with playground() as running:
        yield running


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Writes the school's settings and makes this process read them."""
    file = tmp_path / "school.yaml"
    monkeypatch.setenv("BROADCASTER_CONFIG", str(file))

    def write(text: str) -> None:
        file.write_text(text, "utf-8")
        office.cache_clear()
        showroom.cache_clear()

    write("")
    yield write
    office.cache_clear()
    showroom.cache_clear()


@pytest.fixture
def day(settings_file: Settings) -> None:
    """A school with only its site switched on, where it is never night."""
    settings_file("school: {name: Школа}\nquiet_hours: {enabled: false}\n")


@pytest.fixture
def note(tmp_path: Path) -> Callable[..., Path]:
    """Writes an announcement file."""

    def write(*head: str, body: str = "Завтра идём в музей.", title: str = "Экскурсия") -> Path:
        file = tmp_path / "note.md"
        lines = ["---", f"title: {title}", *head, "---", "", body]
        file.write_text("\n".join(lines), "utf-8")
        return file

    return write


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The command as a program with an empty home."""
    return Program(tmp_path / "home")


@pytest.fixture
def prepared(program: Program, new_home: Path) -> Program:
    """The same, after `init`."""
    shutil.copytree(new_home, program.home)
    return program
