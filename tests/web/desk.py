"""What the tests of settings hand each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Write = Callable[[str], Path]
"""Writes the school's own file."""
