"""How one person's address is spelled: as the channel does, and never a place's."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from broadcaster.contract import Capability, Channel, InvalidAddress, Mixed


def own_address(adapter: type[Channel]) -> Callable[[str], str]:
    """An adapter's spelling that raises InvalidAddress where many people read as well."""
    if Capability.DESTINATIONS not in adapter.traits.capabilities:
        return adapter.normalise
    is_shared = cast("type[Mixed]", adapter).is_shared

    def spell(raw: str) -> str:
        address = adapter.normalise(raw)
        if is_shared(address):
            raise InvalidAddress("many people read there: it is nobody's own address")
        return address

    return spell
