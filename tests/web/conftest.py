"""What every test of the web may rely on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from broadcaster.bootstrap import office, showroom
from tests.web.desk import Write


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> Iterator[None]:
    """What one test has asked for does not count against the next one."""
    yield
    if office._office is not None:
        office._office.limits_storage.reset()


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Write]:
    """Writes the school's file; it and what lies beside it are this process's for one test."""
    file = tmp_path / "school.yaml"
    settings.HOME = tmp_path
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
