"""From a draft to waiting copies: everything is checked first, then all rows are made at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from broadcaster.contract import Capability, DataClass
from broadcaster.domain.naming import named_in
from broadcaster.domain.policy import Importance, Plan, plan
from broadcaster.rendering.holes import holes_in
from broadcaster.services.contents import attachments_of, content_of, text_of, whole
from broadcaster.services.outlets import Office
from broadcaster.store.models import Announcement, Series
from broadcaster.store.queries.expansion import (
    CopyCount,
    Expansion,
    Unserved,
    count,
    expand,
    unserved,
)
from broadcaster.store.queries.roll import names_on_roll


class AlreadyReleased(Exception):
    """The announcement has been released or cancelled before; nothing was sent again."""


class NotThisOne(Exception):
    """The draft is not the one that was looked at, or its time was taken back; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a release would do: copies by kind, people in the audience, and why.

    `names` are the people of the roll whom the text names; they and holes for a person's segments
    make it personal. `unserved` is how many of the people no copy would reach.
    """

    plan: Plan
    data_class: DataClass
    names: tuple[str, ...]
    copies: tuple[CopyCount, ...]
    people: int
    unserved: int


def release(
    office: Office,
    announcement: UUID,
    *,
    now: datetime,
    version: int | None = None,
    due: bool = False,
    also: Callable[[], None] | None = None,
) -> int:
    """Make every copy of an announcement, once; returns the number of rows.

    Raises RenderingMistake before anything is changed when a text or a template is wrong, and
    AlreadyReleased when somebody was quicker. NotThisOne is raised when the draft has changed
    since it was read, when it has not this `version`, and with `due` when no time for it has come;
    also for what goes on repeating itself: only copies of it are released.
    `also` is done last in the same transaction; what it raises leaves nothing changed.
    """
    draft = Announcement.objects.get(pk=announcement)
    _refuse_other(draft, version, now=now, due=due)
    render_all(office, announcement)
    expansion, _ = _expansion(office, draft, now)
    with transaction.atomic():
        mine = Announcement.objects.filter(pk=announcement, released_at=None, cancelled_at=None)
        going_on = Series.objects.filter(mould=OuterRef("pk"), started_at__isnull=False)
        same = mine.filter(~Exists(going_on), version=draft.version, release_at=draft.release_at)
        if not same.update(released_at=now, data_class=expansion.data_class):
            raise (NotThisOne if mine.exists() else AlreadyReleased)(str(announcement))
        rows = expand(expansion)
        if also is not None:
            also()
        return rows


def _refuse_other(draft: Announcement, version: int | None, *, now: datetime, due: bool) -> None:
    """Raise what `release` promises when this is not the draft that is to be released."""
    if draft.released_at is not None or draft.cancelled_at is not None:
        raise AlreadyReleased(str(draft.pk))
    changed = version is not None and version != draft.version
    early = due and (draft.release_at is None or draft.release_at > now)
    if changed or early:
        raise NotThisOne(str(draft.pk))


def forecast(office: Office, announcement: UUID, *, now: datetime) -> Forecast:
    """What `release` would do at `now`; changes nothing."""
    expansion, names = _expansion(office, Announcement.objects.get(pk=announcement), now)
    seen = count(expansion)
    return Forecast(
        plan=expansion.plan,
        data_class=expansion.data_class,
        names=names,
        copies=seen.copies,
        people=seen.people,
        unserved=seen.unserved,
    )


def left_out(office: Office, announcement: UUID, *, now: datetime, most: int) -> list[Unserved]:
    """The first `most` people, by name, whom no copy would reach at `now`, with the reasons."""
    expansion, _ = _expansion(office, Announcement.objects.get(pk=announcement), now)
    return unserved(expansion, most=most)


def render_all(office: Office, announcement: UUID) -> None:
    """Render for every channel as a rehearsal; raises RenderingMistake."""
    text, files = (
        text_of(office, announcement),
        attachments_of(office.files, announcement),
    )
    for outlet in office.outlets.values():
        if Capability.PEOPLE in outlet.traits.capabilities:
            content_of(office, outlet, text, files, personal=True)
        if Capability.DESTINATIONS in outlet.traits.capabilities and not holes_in(text.body):
            content_of(office, outlet, text, files, personal=False)


def _expansion(
    office: Office, draft: Announcement, now: datetime
) -> tuple[Expansion, tuple[str, ...]]:
    text = text_of(office, draft.pk)
    names = named_in(whole(text), names_on_roll())
    importance = Importance(draft.importance)
    return Expansion(
        announcement=draft.pk,
        groups=list(draft.groups.values_list("pk", flat=True)),
        data_class=_data_class(draft, text.body, names),
        plan=plan(importance, now=now, quiet=office.quiet, expires_at=draft.expires_at),
        channels=office.carries(),
        chosen=draft.channels,
        people_only=bool(holes_in(text.body)),
        people=list(draft.people.values_list("pk", flat=True)),
    ), names


def _data_class(draft: Announcement, body: str, names: Sequence[str]) -> DataClass:
    """What the author said, raised to PERSONAL when the text speaks of or to one person."""
    if names or holes_in(body):
        return DataClass.PERSONAL
    return DataClass(draft.data_class)
