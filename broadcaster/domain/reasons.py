"""Why a copy was skipped, why it exists, and what an address is: closed sets the store keeps as
text.
"""

from __future__ import annotations

from enum import StrEnum


class Skip(StrEnum):
    """The gate that kept a copy from being sent, in the order in which gates are asked."""

    NO_ADDRESS = "no_address"
    CHANNEL_OFF = "channel_off"
    NO_CONSENT = "no_consent"
    DATA_CLASS = "data_class"
    ADDRESS_CLOSED = "address_closed"
    DUPLICATE = "duplicate"
    CHANNEL_AWAY = "channel_away"
    """No gate: it had waited for a channel out of order for long and left by another one."""


class Hold(StrEnum):
    """Why a copy waits for more than its turn."""

    QUIET_HOURS = "quiet_hours"
    PAUSED = "paused"


class End(StrEnum):
    """Why a copy ended without being accepted, beside the platform's own reasons."""

    TRIES_SPENT = "tries_spent"
    LEASE_LOST = "lease_lost"
    TOO_LATE = "too_late"
    WITHDRAWN = "withdrawn"
    BY_HAND = "by_hand"
    """A person decided whether an unconfirmed copy arrived; the platform said neither."""
    RESTORED = "restored"
    """It was being sent when the copy was made from which the program was restored."""


class Why(StrEnum):
    """The rule of the policy that asked for this copy; kept with it and explained to the author."""

    PREFERRED = "preferred"
    EVERY_CHANNEL = "every_channel"
    FALLBACK = "fallback"
    GROUP_PLACE = "group_place"
    SCHOOL_PLACE = "school_place"


class AddressState(StrEnum):
    """Whether an address may be used."""

    OPEN = "open"
    CLOSED = "closed"
