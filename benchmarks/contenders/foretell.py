"""No contender: what the planner says of everything that waits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from benchmarks import school  # noqa: F401 - sets Django up
from broadcaster.bootstrap import office
from broadcaster.services.foretelling import foretell_waiting


def run() -> dict[str, Any]:
    """The `seconds` until the last copy leaves, the `requests`, and what `binds`."""
    told = foretell_waiting(office(), now=datetime.now(UTC))
    (line,) = told.lines
    return {"seconds": told.seconds, "requests": line.requests, "binds": line.binds}
