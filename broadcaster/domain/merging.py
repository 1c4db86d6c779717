"""When two rows turn out to be one person: what the joined address says, which copy stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from broadcaster.domain.reasons import AddressState
from broadcaster.domain.states import REACHED, UNDERWAY, State


@dataclass(frozen=True, slots=True)
class Standing:
    """What an address is: open or closed, agreed to or not."""

    state: str
    state_reason: str
    state_since: datetime | None
    consent_on: date | None
    consent_source: str
    consent_withdrawn_at: datetime | None


def joined(first: Standing, second: Standing) -> Standing:
    """One address out of two equal ones: closed if either is, left if either has been left.

    Nobody is written to who has asked not to be; the older consent is the one that counts.
    """
    shut = first if first.state == AddressState.CLOSED else second
    agreed = min(
        (one for one in (first, second) if one.consent_on is not None),
        key=lambda one: one.consent_on or date.max,
        default=first,
    )
    left = [one.consent_withdrawn_at for one in (first, second) if one.consent_withdrawn_at]
    return Standing(
        state=shut.state,
        state_reason=shut.state_reason,
        state_since=shut.state_since,
        consent_on=agreed.consent_on,
        consent_source=agreed.consent_source,
        consent_withdrawn_at=min(left, default=None),
    )


def tells_more(first: str, second: str) -> bool:
    """Whether, of two copies to one place, the first one's state is the one to keep there.

    What is still to be decided comes before what was taken, and that before what was not.
    """
    return _weight(first) >= _weight(second)


def _weight(state: str) -> int:
    if State(state) in UNDERWAY:
        return 2
    return 1 if State(state) in REACHED else 0
