"""Those who are asked for consent are written to, and so are authors when it was decided.

What is told is marked before the letter leaves, so that two workers do not tell it twice, and
unmarked when the letter is refused; the next try comes some minutes later.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from broadcaster.approval_words import Deadline
from broadcaster.domain.alarms import AFTER_A_REFUSAL
from broadcaster.domain.asking import Widened, is_night, reminder_due
from broadcaster.domain.naming import named_in
from broadcaster.domain.occasions import Unanswered
from broadcaster.domain.policy import Importance, plan
from broadcaster.i18n import _
from broadcaster.services.alarms import Post
from broadcaster.services.approvals import Decision
from broadcaster.services.asking_letters import Answer, Waiting, answer_letter, asking_letter
from broadcaster.services.calendar.items import calendar
from broadcaster.services.circles import (
    Asked,
    asked_about,
    first_asked,
    occasion_of,
    open_requests,
    team,
)
from broadcaster.services.outlets import Office, local_day
from broadcaster.store.models import ApprovalRequest, ChannelState, Revision, Staff
from broadcaster.store.queries.heartbeats import ASKING_REFUSED, beat, last_beat
from broadcaster.store.queries.roll import names_on_roll

log = logging.getLogger(__name__)

STALE = timedelta(days=1)
"""An author is not told of a decision any more that is older."""

Marks = dict[str, object]


@dataclass(frozen=True, slots=True)
class Errand:
    """A request, who is to be written to about it, and what is marked when that is done."""

    request: ApprovalRequest
    asked: Asked
    to: frozenset[str]
    marks: Marks
    before: Marks


def write_letters(office: Office, post: Post | None, now: datetime) -> None:
    """Write every letter about consent that is due; without mail there is the web's first page."""
    if post is None or _rests(now) or _is_shut(post):
        return
    remind(office, post, now)
    answer(office, post, now)


def _rests(now: datetime) -> bool:
    """Whether a letter was refused just now."""
    before = last_beat(ASKING_REFUSED)
    return before is not None and timedelta() <= now - before < AFTER_A_REFUSAL


def _is_shut(post: Post) -> bool:
    return ChannelState.objects.filter(channel=post.channel, paused_at__isnull=False).exists()


def remind(office: Office, post: Post, now: datetime) -> None:
    """Write to those who are asked: to the same people one letter about all that is due."""
    mine = [one for one in _errands(office, now) if _claim(one.request, one.marks, one.before)]
    if not mine:
        return
    titles = _titles(one.request for one in mine)
    silence = silences(office, [one.request for one in mine], now=now)
    for to in dict.fromkeys(one.to for one in mine):
        same = [one for one in mine if one.to == to]
        waiting = [_waiting(office, one, titles, silence, now) for one in same]
        if not _sent(post, to, asking_letter(office.school, waiting, now=now), now):
            for one in same:
                _unmark(one.request, one.marks, one.before)


def _errands(office: Office, now: datetime) -> list[Errand]:
    """What is to be told now; nothing at night."""
    if is_night(office.quiet, now):
        return []
    rows = list(open_requests())
    people = team() if rows else {}
    found = (_errand(office, one, people, now) for one in rows)
    return [one for one in found if one is not None and one.to]


def _errand(
    office: Office, request: ApprovalRequest, people: Mapping[int, Staff], now: datetime
) -> Errand | None:
    asked = asked_about(office, request, people, now=now)
    widens = asked.circle.widened is not None and request.escalated_at is None
    every = timedelta(hours=office.approvals.remind_every)
    due = reminder_due(asked.question, every=every, quiet=office.quiet, now=now, widens=widens)
    if not due and not widens:
        return None
    whom = set(asked.circle.places)
    marks: Marks = {"escalated_at": now} if widens else {}
    if due:
        marks |= {"reminded_at": now, "reminders": request.reminders + 1}
    elif asked.circle.widened is Widened.SILENCE:
        whom -= set(first_asked(office, request, people, now=now).places)
    to = frozenset(people[one].user.email for one in whom) - {""}
    before: Marks = {name: getattr(request, name) for name in marks}
    return Errand(request, asked, to, marks, before)


def _claim(request: ApprovalRequest, marks: Marks, before: Marks) -> bool:
    """Mark what is about to be told; False when somebody else tells it."""
    open_ones = ApprovalRequest.objects.filter(pk=request.pk, decided_at=None)
    return bool(open_ones.filter(**before).update(**marks))


def _unmark(request: ApprovalRequest, marks: Marks, before: Marks) -> None:
    ApprovalRequest.objects.filter(pk=request.pk, **marks).update(**before)


def _waiting(
    office: Office,
    one: Errand,
    titles: Mapping[UUID, str],
    silence: Mapping[str, Unanswered],
    now: datetime,
) -> Waiting:
    request = one.request
    return Waiting(
        number=request.pk,
        title=titles.get(request.announcement_id, ""),
        author=request.announcement.author,
        asked_at=request.asked_at,
        deadline=deadline_of(office, request, silence, now=now),
        again=request.reminders > 0,
        widened=one.asked.circle.widened,
    )


def deadline_of(
    office: Office, request: ApprovalRequest, silence: Mapping[str, Unanswered], *, now: datetime
) -> Deadline:
    """Until when a request waits for an answer; `silence` is that of `silences`."""
    occasion = occasion_of(request)
    if occasion is None:
        wanted = request.announcement.wanted_at
        importance = Importance(request.announcement.importance)
        then = plan(importance, now=max(now, wanted or now), quiet=office.quiet)
        return Deadline(wanted_at=wanted, held_until=then.due_at if then.hold else None)
    return Deadline(decide_by=occasion.decide_by, unanswered=silence.get(occasion.item))


def silences(
    office: Office, requests: Iterable[ApprovalRequest], *, now: datetime
) -> Mapping[str, Unanswered]:
    """What the calendar does with each of its items when nobody answers.

    Nothing is read when the calendar has asked for none of these.
    """
    if all(occasion_of(one) is None for one in requests):
        return {}
    items = calendar(office, today=local_day(office, now)).items
    return {name: item.rhythm.unanswered for name, item in items.items()}


def answer(office: Office, post: Post, now: datetime) -> None:
    """Write to authors whose requests were decided, each decision in a letter of its own."""
    rows = _decided(now)
    people = team() if rows else {}
    for request in rows:
        authors = {request.asked_by_id, request.announcement.written_by_id}
        whom = (authors - {request.decided_by_id}) & people.keys()
        to = frozenset(people[one].user.email for one in whom if one is not None) - {""}
        if not to or not _tell(request, now):
            continue
        if not _sent(post, to, answer_letter(office.school, _answer(request), now=now), now):
            told = ApprovalRequest.objects.filter(pk=request.pk, answer_told_at=now)
            told.update(answer_told_at=None)


def _decided(now: datetime) -> list[ApprovalRequest]:
    """What a person has decided lately and nobody was told."""
    rows = ApprovalRequest.objects.filter(
        decided_at__gt=now - STALE,
        decision__in=(Decision.APPROVED, Decision.RETURNED),
        answer_told_at=None,
    )
    written = Q(asked_by__isnull=False) | Q(announcement__written_by__isnull=False)
    return list(rows.filter(written).select_related("announcement", "decided_by__staff"))


def _tell(request: ApprovalRequest, now: datetime) -> bool:
    """Mark a decision as told; False when somebody else has."""
    untold = ApprovalRequest.objects.filter(pk=request.pk, answer_told_at=None)
    return bool(untold.update(answer_told_at=now))


def _answer(request: ApprovalRequest) -> Answer:
    row, agreed = request.announcement, request.decision == Decision.APPROVED
    names = names_on_roll()
    is_silent = bool(named_in(request.words, names))
    decided_by = getattr(request.decided_by, "staff", None)
    return Answer(
        title=_titles([request]).get(row.pk, ""),
        agreed=agreed,
        by=_("Коллега") if decided_by is None else decided_by.name,
        words="" if is_silent else request.words,
        is_silent=is_silent,
        leaves_at=row.release_at if row.released_at is None else None,
        path=f"announcements/{row.pk}/" if agreed else f"announcements/{row.pk}/edit",
    )


def _titles(requests: Iterable[ApprovalRequest]) -> dict[UUID, str]:
    """The titles that letters may tell: none that names somebody on the roll."""
    keys = [one.announcement_id for one in requests]
    texts = Revision.objects.filter(announcement__in=keys).order_by("number")
    found = dict(texts.values_list("announcement", "title"))
    names = names_on_roll()
    return {key: title for key, title in found.items() if not named_in(title, names)}


def _sent(post: Post, to: Iterable[str], letter: tuple[str, str], now: datetime) -> bool:
    """Whether the letter has left; what keeps it from that is written down."""
    try:
        post.send(sorted(to), *letter)
    except (OSError, ValueError) as error:
        log.warning("asking.letter_refused", extra={"fault": type(error).__name__})
        beat(ASKING_REFUSED, now=now)
        return False
    return True
