"""No input breaks a parser: it is understood, or refused in words, and quickly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.exploring import explore
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_is_understood_or_refused(name: str, tmp_path: Path) -> None:
    target = TARGETS[name]
    explore(name, target.given, lambda one: target.run(one, tmp_path), known=target.known)
