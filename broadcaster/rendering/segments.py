"""What fills the holes of a text for one person."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from broadcaster.contract import Markup
from broadcaster.i18n import _
from broadcaster.rendering.characters import one_line, visible
from broadcaster.rendering.holes import WIDTHS, Hole


@dataclass(frozen=True, slots=True)
class Segments:
    """One person's values by hole: `escaped` for the channel's markup, `raw` as they are."""

    escaped: Mapping[str, str]
    raw: Mapping[str, str]


_SPECIAL = re.compile("[&<>\"']")
"""What `html.escape` replaces; hardly a name has any."""
ALL = frozenset(hole.value for hole in Hole)


def segments(
    markup: Markup,
    holes: Collection[str] = ALL,
    *,
    name: str,
    children: Sequence[str] = (),
    unsubscribe: str = "",
    acknowledge: str = "",
) -> Segments:
    """The values of these holes for one person, each within its place of `holes.WIDTHS`.

    A name too long is cut, a missing one replaced by general words. Pages are http(s) addresses or
    empty; raises ValueError for any other address and for one too long.
    """
    raw = {}
    if Hole.NAME in holes:
        raw["name"] = _fitting(Hole.NAME, name) or _("уважаемый родитель")
    if Hole.CHILDREN in holes:
        raw["children"] = _fitting(Hole.CHILDREN, listed(children)) or _("ваш ребёнок")
    if Hole.UNSUBSCRIBE in holes:
        raw["unsubscribe"] = _page(Hole.UNSUBSCRIBE, unsubscribe)
    if Hole.ACKNOWLEDGE in holes:
        raw["acknowledge"] = _page(Hole.ACKNOWLEDGE, acknowledge)
    if markup is Markup.PLAIN or not _SPECIAL.search("".join(raw.values())):
        return Segments(raw, raw)
    return Segments({hole: html.escape(value) for hole, value in raw.items()}, raw)


def listed(names: Sequence[str]) -> str:
    """The names as a sentence has them: «Маша, Петя и Вася»."""
    shown = [name for name in map(one_line, names) if name]
    if len(shown) < 2:  # noqa: PLR2004 - one name needs no «и»
        return "".join(shown)
    return _("{most} и {last}").format(most=", ".join(shown[:-1]), last=shown[-1])


def _fitting(hole: Hole, value: str) -> str:
    value = one_line(value)
    room = WIDTHS[hole] * 2
    if len(value) * 4 > room and len(encoded := value.encode("utf-16-le")) > room:
        value = encoded[: room - 2].decode("utf-16-le", errors="ignore").rstrip() + "…"
    return value if visible(value) else ""


def _page(hole: Hole, address: str) -> str:
    address = one_line(address)
    if address and not address.startswith(("https://", "http://")):
        raise ValueError(f"the page behind {hole.value} is no http(s) address")
    if len(address) > WIDTHS[hole]:
        raise ValueError(f"the page behind {hole.value} is over {WIDTHS[hole]} characters long")
    return address
