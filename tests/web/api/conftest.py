"""What the tests of the API ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcaster.bootstrap import office, showroom
from tests import school

SETTINGS = """
school: {name: Школа}
quiet_hours: {enabled: false}
api: {limit: 100000/minute}
channels:
  email: {enabled: true, sender: school@example.org}
"""


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The school's settings: mail and the site, never night, and any number of requests."""
    file = tmp_path / "school.yaml"
    file.write_text(SETTINGS, "utf-8")
    monkeypatch.setenv("BROADCASTER_CONFIG", str(file))
    office.cache_clear()
    showroom.cache_clear()
    yield file
    office.cache_clear()
    showroom.cache_clear()


@pytest.fixture
def school_1a(settings_file: Path) -> None:
    """A class with one family that can be reached."""
    school.guardian("Анна Петровна", email="anna@example.org")
