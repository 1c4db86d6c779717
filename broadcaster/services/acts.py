"""The act of having informed: family by family, when and how, or why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from markupsafe import Markup

from broadcaster.domain.ordering import as_counted
from broadcaster.i18n import _
from broadcaster.rendering.characters import clean
from broadcaster.rendering.holes import MARKS, Hole, mark_holes
from broadcaster.rendering.html import html
from broadcaster.rendering.markdown import parse
from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.services.overview import title_of
from broadcaster.store.models import Announcement, AnnouncementFile, FormerName, Group, Revision
from broadcaster.store.queries import reports, reports_people
from broadcaster.store.queries.reports import CopyLine
from broadcaster.store.queries.reports_people import Fate, Home, People, Pupils, Try, Way

MOST = 100_000
"""People of one act; a school has fewer."""


@dataclass(frozen=True, slots=True)
class Informed:
    """One guardian: the channels that reached her and when, the person who told her, or why not."""

    name: str
    ways: Sequence[Way]
    told_at: datetime | None
    told_by: str
    note: str
    acknowledged_at: datetime | None
    tries: Sequence[Try]

    @property
    def knows(self) -> bool:
        """Whether a copy reached her or somebody told her."""
        return bool(self.ways) or self.told_at is not None


@dataclass(frozen=True, slots=True)
class Family:
    """One child and those who answer for it."""

    child: str
    guardians: Sequence[Informed]

    @property
    def knows(self) -> bool:
        """Whether one of them knows."""
        return any(one.knows for one in self.guardians)

    @property
    def reached(self) -> bool:
        """Whether a copy reached one of them."""
        return any(one.ways for one in self.guardians)

    @property
    def acknowledged(self) -> bool:
        """Whether one of them has said so."""
        return any(one.acknowledged_at for one in self.guardians)


@dataclass(frozen=True, slots=True)
class Called:
    """A group, and what it was called when the announcement left."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class Act:
    """All that an act tells; `group` narrows it to the children of one."""

    announcement: Announcement
    revision: Revision
    body: Markup
    files: Sequence[AnnouncementFile]
    groups: Sequence[Called]
    named: int
    group: Called | None
    families: Sequence[Family]
    places: Sequence[CopyLine]

    @property
    def counts(self) -> Pupils:
        """The families by what became of them."""
        return Pupils(
            total=len(self.families),
            reached=sum(one.reached for one in self.families),
            told=sum(one.knows and not one.reached for one in self.families),
            unasked=sum(not one.guardians for one in self.families),
            acknowledged=sum(one.acknowledged for one in self.families),
        )


def act(announcement: Announcement, *, group: Group | None = None) -> Act:
    """The act of an announcement that has been released, as things stand now."""
    revision = title_of(announcement)
    groups = _groups(announcement)
    return Act(
        announcement=announcement,
        revision=revision,
        body=_body(revision.body),
        files=tuple(announcement.files.all()),
        groups=groups,
        named=announcement.people.count(),
        group=next((one for one in groups if group and one.pk == group.pk), None),
        families=_families(announcement, group),
        places=reports.places(announcement.pk),
    )


def _groups(announcement: Announcement) -> list[Called]:
    former = FormerName.objects.filter(group=OuterRef("pk"), until__gt=announcement.released_at)
    name = Coalesce(Subquery(former.order_by("until").values("name")[:1]), F("name"))
    rows = announcement.groups.values_list("pk", name)
    return sorted((Called(*row) for row in rows), key=lambda one: as_counted(one.name))


def _body(text: str) -> Markup:
    """The text as it was sent; what differed from family to family is named, not filled in."""
    try:
        shown = html(parse(mark_holes(clean(text))))
    except BodyMistake:
        return Markup("<p>{}</p>").format(text)
    for hole, words in ((Hole.NAME, _("(имя родителя)")), (Hole.CHILDREN, _("(имена детей)"))):
        shown = shown.replace(MARKS[hole], words)
    return shown


def _families(announcement: Announcement, group: Group | None) -> list[Family]:
    homes = reports_people.homes(announcement.pk, group=group.pk if group else None)
    fates = {
        one.guardian: one for one in reports_people.people(People(announcement.pk), limit=MOST)
    }
    asked = sorted({home.guardian for home in homes if home.guardian} & fates.keys())
    ways = reports_people.ways(announcement.pk, asked)
    tries = reports_people.tries(announcement.pk, [one for one in asked if one not in ways])
    return [
        Family(
            name,
            [_informed(home, fates, ways, tries) for home in some if home.guardian in fates],
        )
        for (_pupil, name), some in groupby(homes, key=lambda home: (home.pupil, home.name))
    ]


def _informed(
    home: Home,
    fates: Mapping[int, Fate],
    ways: Mapping[int, Sequence[Way]],
    tries: Mapping[int, Sequence[Try]],
) -> Informed:
    fate = fates[home.guardian or 0]
    return Informed(
        name=home.guardian_name,
        ways=ways.get(fate.guardian, ()),
        told_at=fate.told_at,
        told_by=fate.told_by,
        note=fate.note,
        acknowledged_at=fate.acknowledged_at,
        tries=tries.get(fate.guardian, ()),
    )
