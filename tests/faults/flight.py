"""Which copies are with platforms at a moment: so many may stay UNCONFIRMED when something dies."""

from __future__ import annotations

import time
from collections.abc import Mapping

from tests.faults.installation import Installation

A_MOMENT = 0.5
"""Seconds in which the living hear what became of theirs; a dead worker's lane is kept longer."""
AGAIN = {"site"}
"""Channels that take a copy any number of times."""


def flying(school: Installation) -> set[int]:
    """The numbers of all that are on record as being with a platform; raises Refused."""
    found: Mapping[str, list[int]] = school.clerk.ask("in_flight")
    return {row for channel, rows in found.items() if channel not in AGAIN for row in rows}


def orphaned(school: Installation) -> set[int]:
    """Those of dead workers alone: they still are with a platform a moment later."""
    now = flying(school)
    time.sleep(A_MOMENT)
    return now & flying(school)
