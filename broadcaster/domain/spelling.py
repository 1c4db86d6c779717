"""How an address is spelled: as the channel does, a person's own never as a place's."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from broadcaster.contract import Capability, Channel, InvalidAddress, Mixed

BOTH = frozenset({Capability.PEOPLE, Capability.DESTINATIONS})


def spelling(adapter: type[Channel], reach: Capability) -> Callable[[str], str]:
    """An adapter's spelling for people or for places; raises InvalidAddress for the other kind."""
    if not adapter.traits.capabilities >= BOTH:
        return adapter.normalise
    is_shared = cast("type[Mixed]", adapter).is_shared
    of_places = reach is Capability.DESTINATIONS

    def spell(raw: str) -> str:
        address = adapter.normalise(raw)
        if is_shared(address) is not of_places:
            raise InvalidAddress("one person's address" if of_places else "many people read there")
        return address

    return spell
