"""Announcements of the school's other programs: complete at once, checked like a person's.

SubmissionTrouble
├── Refused         what was sent is wrong; carries every mistake
└── NotAPrograms    there is no such announcement, or people wrote it: they steer it
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from broadcaster.contract import DataClass
from broadcaster.domain.policy import Importance
from broadcaster.i18n import _
from broadcaster.rendering.characters import clean, one_line
from broadcaster.services import steering
from broadcaster.services.audit import Action, record
from broadcaster.services.drafting import no_such_channel
from broadcaster.services.drafts import Written
from broadcaster.services.drafts_leaving import copies_of, schedule
from broadcaster.services.drafts_ready import lacks
from broadcaster.services.outlets import Office
from broadcaster.services.release import AlreadyReleased, forecast, release, render_all
from broadcaster.services.tokens import actor_of_token
from broadcaster.store.models import Announcement, ApiToken, Guardian, Revision, Series
from broadcaster.store.queries.roll import group_ids

HIGHEST_ID = 2**63 - 1
"""No database has a higher number for a person."""

Steer = Callable[..., int]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with one field of what a program sent; `where` is its path."""

    where: str
    text: str


FIELDS = {"wanted_at": "release_at"}
"""A draft's fields as programs know them, where the names differ."""


class SubmissionTrouble(Exception):
    """Nothing was changed."""


class Refused(SubmissionTrouble):
    """What was sent cannot be used; `mistakes` are all that were found."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(", ".join(mistake.where for mistake in mistakes))
        self.mistakes = tuple(mistakes)


class NotAPrograms(SubmissionTrouble):
    """There is no announcement with this id that a program made."""


@dataclass(frozen=True, slots=True)
class Submission:
    """An announcement as a program sends it; no `channels` stands for all of them."""

    title: str
    body: str
    more: str = ""
    importance: Importance = Importance.ROUTINE
    data_class: DataClass = DataClass.PUBLIC
    groups: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    channels: tuple[str, ...] = ()
    release_at: datetime | None = None
    expires_at: datetime | None = None


def submit(office: Office, sent: Submission, *, token: ApiToken, now: datetime) -> UUID:
    """Keep a draft; `release_at` is its wish until it is scheduled. Raises Refused."""
    sent = replace(
        sent, title=one_line(clean(sent.title)), body=clean(sent.body), more=clean(sent.more)
    )
    groups, missing = group_ids(sent.groups)
    written = _written(sent, frozenset(groups.values()))
    mistakes = [*map(_no_such_group, missing), *_unknown(office, sent)]
    if not mistakes:
        mistakes = [
            Mistake(FIELDS.get(lack.field, lack.field), lack.words)
            for lack in lacks(office, written, now=now)
        ]
    if mistakes:
        raise Refused(mistakes)
    with transaction.atomic():
        return _kept(sent, written, token, now)


def release_or_schedule(office: Office, key: UUID, *, token: ApiToken, now: datetime) -> None:
    """Release a program's draft, or let the sweep do it when the time that it wants is to come.

    Raises Refused when nobody would get it, NotAPrograms, AlreadyReleased, and RenderingMistake;
    then nothing is changed.
    """
    row = _steered(key)
    repeats = Series.objects.filter(mould=row, started_at__isnull=False)
    if row.released_at or row.cancelled_at or row.release_at or repeats.exists():
        raise AlreadyReleased(str(key))
    render_all(office, key)
    later = row.wanted_at is not None and row.wanted_at > now
    if not copies_of(forecast(office, key, now=row.wanted_at if later and row.wanted_at else now)):
        raise Refused([Mistake("groups", _("ни одна копия не может уйти: некому или не по чему."))])
    if later:
        with transaction.atomic():
            schedule(_steered(key))
            _record(token, Action.SCHEDULED, key, now)
        return
    noted = partial(_record, token, Action.RELEASED, key, now)
    release(office, key, now=now, version=row.version, also=noted)


def steer(how: Steer, key: UUID, *, token: ApiToken, now: datetime) -> int:
    """Pause, resume or cancel a program's announcement with the function of `steering`.

    Returns how many copies it concerned; raises NotAPrograms.
    """
    with transaction.atomic():
        _steered(key)
        return how(key, by=actor_of_token(token), now=now)


STEERS: dict[str, Steer] = {
    "pause": steering.pause,
    "resume": steering.resume,
    "cancel": steering.cancel,
}


def _kept(sent: Submission, written: Written, token: ApiToken, now: datetime) -> UUID:
    row = Announcement.objects.create(
        importance=sent.importance,
        data_class=sent.data_class,
        channels=sorted(written.channels),
        author=token.name,
        made_with=token,
        version=1,
        created_at=now,
        wanted_at=sent.release_at,
        expires_at=sent.expires_at,
    )
    row.groups.set(sorted(written.groups))
    row.people.set(sorted(written.people))
    Revision.objects.create(
        announcement=row, title=sent.title, body=sent.body, more=sent.more, created_at=now
    )
    _record(token, Action.DRAFT_MADE, row.pk, now)
    return row.pk


def _steered(key: UUID) -> Announcement:
    row = Announcement.objects.filter(pk=key, made_with__isnull=False).first()
    if row is None:
        raise NotAPrograms(str(key))
    return row


def _record(token: ApiToken, action: Action, key: UUID, now: datetime) -> None:
    record(actor_of_token(token), action, now=now, kind="announcement", subject=key, token=token.pk)


def _written(sent: Submission, groups: frozenset[int]) -> Written:
    return Written(
        title=sent.title,
        body=sent.body,
        more=sent.more,
        importance=sent.importance,
        groups=groups,
        people=frozenset(sent.people),
        channels=frozenset(sent.channels),
        wanted_at=sent.release_at,
        expires_at=sent.expires_at,
    )


def _no_such_group(name: str) -> Mistake:
    return Mistake("groups", _("Группы «{name}» нет. Список: GET /groups.").format(name=name))


def _unknown(office: Office, sent: Submission) -> Iterator[Mistake]:
    """What is named and not there."""
    for name in sent.channels:
        if name not in office.outlets:
            yield Mistake("channels", no_such_channel(name, office))
    asked = [number for number in sent.people if number <= HIGHEST_ID]
    known = set(Guardian.objects.filter(pk__in=asked).values_list("pk", flat=True))
    for number in sent.people:
        if number not in known:
            yield Mistake("people", _("Родителя с номером {number} нет.").format(number=number))
