"""No contender: makes the tables and enrols the families that others write to."""

from __future__ import annotations

from benchmarks import school


def run(*, families: list[tuple[str, str, str, int]]) -> dict[str, float]:
    """Enrol families: a new group, a channel, a pattern of addresses, how many."""
    school.migrate()
    for group, channel, pattern, count in families:
        school.enrol(group, channel, (pattern.format(number) for number in range(1, count + 1)))
    return {}
