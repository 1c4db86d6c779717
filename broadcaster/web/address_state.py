"""What an address is, in words: may it be used, and if not, why and since when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from broadcaster.domain.reasons import AddressState
from broadcaster.i18n import _
from broadcaster.store.models import Address, Destination
from broadcaster.web.jinja import day
from broadcaster.words import REASONS


@dataclass(frozen=True, slots=True)
class Shown:
    """`tone` is a class of the style sheet, `short` fits a badge, `words` tell all."""

    tone: str
    short: str
    words: str


def address_state(address: Address, channels: Collection[str]) -> Shown:
    """A person's address; `channels` are those that are switched on."""
    if address.state == AddressState.CLOSED:
        words = _("закрыт с {day}: {why}").format(day=day(address.state_since), why=_why(address))
        return Shown("bad", _("закрыт"), words)
    if address.consent_withdrawn_at:
        words = _("согласие отозвано {day}").format(day=day(address.consent_withdrawn_at))
        return Shown("bad", _("отозвано"), words)
    if address.consent_on is None:
        return Shown("warn", _("нет согласия"), _("нет согласия: сюда ничего не отправляется"))
    if address.channel not in channels:
        return Shown("warn", _("канал выключен"), _("канал выключен в настройках школы"))
    return Shown("good", _("открыт"), _("открыт"))


def place_state(place: Destination, channels: Collection[str]) -> Shown:
    """A destination."""
    if place.state == AddressState.CLOSED:
        words = _("закрыта с {day}: {why}").format(day=day(place.state_since), why=_why(place))
        return Shown("bad", _("закрыта"), words)
    if place.channel not in channels:
        return Shown("warn", _("канал выключен"), _("канал выключен в настройках школы"))
    return Shown("good", _("открыта"), _("открыта"))


def _why(place: Address | Destination) -> str:
    return REASONS.get(place.state_reason, place.state_reason) or _("закрыто школой вручную")
