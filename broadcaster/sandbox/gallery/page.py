"""The whole gallery as one page and a folder beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from broadcaster.i18n import _
from broadcaster.sandbox.gallery.content import FeedLook, Parent, Place
from broadcaster.sandbox.gallery.drawing import TEMPLATES, environment
from broadcaster.sandbox.gallery.screens import (
    Arrived,
    Phone,
    Screen,
    by_address,
    feed_screen,
    screen_of,
)
from broadcaster.sandbox.gallery.shelf import Shelf
from broadcaster.sandbox.phone import Shown


def write_gallery(
    path: Path,
    parents: Sequence[Parent],
    shown: Sequence[Shown],
    feed: FeedLook | None,
    *,
    school: str,
    places: Sequence[Place] = (),
    title: str = "",
) -> None:
    """Write the page to `path` and what it shows into `<stem>_files` beside it; raises OSError.

    What came to no parent's address came to a destination; `places` names those the school knows.
    """
    folder = path.parent / f"{path.stem}_files"
    folder.mkdir(parents=True, exist_ok=True)
    shelf = Shelf(f"{quote(folder.name)}/")
    arrived = by_address(shown)
    phones = [_phone(parent, arrived, shelf, school) for parent in parents]
    public = _public_screens(parents, places, arrived, shelf)
    if feed is not None:
        public.append(feed_screen(feed, shelf))
    path.write_text(
        _drawn(
            phones,
            public,
            school=school,
            title=title or _("Что увидели родители"),
            assets=shelf.prefix,
        ),
        encoding="utf-8",
    )
    shelf.write(folder)
    for asset in ("gallery.css", "gallery.js"):
        (folder / asset).write_bytes((TEMPLATES / asset).read_bytes())


def _drawn(
    phones: Sequence[Phone], public: Sequence[Screen], *, school: str, title: str, assets: str
) -> str:
    destinations = [Phone(screen.title, (screen,)) for screen in public]
    page = environment().get_template("gallery.html.j2")
    return page.render(
        school=school,
        title=title,
        assets=assets,
        phones=phones,
        destinations=destinations,
        counts=_counts((*phones, *destinations)),
        written=datetime.now().astimezone(),
    )


def _counts(phones: Iterable[Phone]) -> dict[str, int]:
    """How many messages came over each channel that has any."""
    totals: dict[str, int] = defaultdict(int)
    for phone in phones:
        for screen in phone.screens:
            totals[screen.channel] += len(screen.messages)
    return {channel: total for channel, total in totals.items() if total}


def _phone(parent: Parent, arrived: Arrived, shelf: Shelf, school: str) -> Phone:
    screens = tuple(
        screen_of(channel, address, arrived.get((channel, address), ()), shelf, title=school)
        for channel, address in parent.addresses.items()
    )
    return Phone(parent.name, screens, parent.children, parent.unreached)


def _public_screens(
    parents: Sequence[Parent], places: Sequence[Place], arrived: Arrived, shelf: Shelf
) -> list[Screen]:
    """Destinations, those with a name first; the site's places are seen in its feed."""
    names = {(place.channel, place.address): place.name for place in places}
    personal = {at for parent in parents for at in parent.addresses.items()}
    return [
        screen_of(*at, arrived.get(at, ()), shelf, title=names.get(at, at[1]))
        for at in dict.fromkeys([*names, *arrived])
        if at not in personal and at[0] != "site"
    ]
