"""The school's own file for the tests of screens that change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadcaster.bootstrap import office, showroom

Write = Callable[[str], Path]


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes the school's file, which is this process's own for the length of a test."""
    file = tmp_path / "school.yaml"
    monkeypatch.setenv("BROADCASTER_CONFIG", str(file))

    def write(text: str) -> Path:
        file.write_text(text, "utf-8")
        office.cache_clear()
        showroom.cache_clear()
        return file

    write("")
    yield write
    monkeypatch.undo()
    office.cache_clear()
    showroom.cache_clear()
