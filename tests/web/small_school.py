"""A school that has a little of everything its screens show, and can become twice as large."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.utils import timezone

from broadcaster.bootstrap import office
from broadcaster.contract import Reason
from broadcaster.domain.alarms import Trouble
from broadcaster.domain.permissions import Role
from broadcaster.domain.policy import Importance
from broadcaster.domain.reasons import Skip, Why
from broadcaster.domain.states import State
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.calendar.series import name_of
from broadcaster.services.people import shelf
from broadcaster.services.people.shelf import Kind
from broadcaster.services.uploads import Incoming, attach
from broadcaster.store.models import (
    Acknowledgement,
    Alarm,
    Announcement,
    AnnouncementFile,
    ApiToken,
    ApprovalRequest,
    ChannelState,
    Delivery,
    Guardian,
    Heartbeat,
    Occasion,
    Pupil,
    Receipt,
    Revision,
    Series,
    Staff,
    ToldInPerson,
    Webhook,
    WebhookCall,
)
from broadcaster.store.queries.heartbeats import SWEEP
from tests import school
from tests.files import picture
from tests.web.staff import browser, member

CHANNELS = ("email", "telegram", "vk", "site")
CLASS = "1А"
FAMILIES = 20
STATES = (State.SENT, State.FAILED, State.QUEUED, State.UNCONFIRMED, State.DELIVERED)
SETTINGS = """
sandbox: true
quiet_hours: {enabled: false}
channels:
  telegram: {enabled: true}
  vk: {enabled: true}
  email: {enabled: true}
"""
HEAD = "группа;ребёнок;родитель;vk;email;предпочитает;согласие;источник согласия\n"


@dataclass
class SmallSchool:
    """The things that pages are of; `grow` adds as much of everything as there was at first."""

    boss: Staff = field(default_factory=lambda: member(Role.ADMINISTRATOR, name="Завуч"))
    teacher: Staff = field(default_factory=lambda: member(Role.TEACHER, CLASS))
    sizes: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Found the school with one batch of everything."""
        now = timezone.now()
        self.person = school.guardian("Роман Абрамов", (CLASS,))
        self.twin = school.guardian("Роман Абрамов", (CLASS,))
        self.twin.pupils.add(self.pupil)
        self.draft = self._draft()
        self.waiting = self._draft()
        self.asked = self._asks(self.waiting)
        self.mould = self._mould(now)
        self.news = self._news(now)
        self.address = school.address(self.person, "email", "roman@school.example")
        self.copy = school.copy(
            self.address, self.news, state=State.SENT, sent_at=now, handed_at=now
        )
        self.place = school.destination("vk", of=CLASS)
        attach(office(), self.boss, self.draft, [_photo()], now=now)
        Heartbeat.objects.create(part=SWEEP, at=now)
        ChannelState.objects.create(
            channel="vk", paused_at=now, reason=Reason.CREDENTIALS, last_success_at=now
        )
        self.grow()

    @property
    def pupil(self) -> Pupil:
        """A child of the person."""
        return self.person.pupils.order_by("pk")[0]

    @property
    def file(self) -> int:
        """A file of the draft."""
        return AnnouncementFile.objects.filter(announcement=self.draft)[0].pk

    @property
    def client(self) -> Client:
        """The administrator's browser."""
        return browser(self.boss)

    def grow(self) -> None:
        """Add people, groups, announcements, copies, staff, programs, alarms and entries."""
        size = next(self.sizes)
        groups = [school.group(f"{size}{letter}") for letter in "БВ"]
        for group in groups:
            school.destination("vk", of=group.name)
            school.destination("site", of=group.name)
        people = [self._family(size, number) for number in range(FAMILIES)]
        self._enrich_the_person(size)
        self._double(size)
        for number, person in enumerate(people):
            self._copies(person, STATES[number % len(STATES)])
        self._enrich_the_draft(size)
        for _turn in range(3):
            self._drafts_and_news()
        self._dates(size)
        self._repeated(size)
        self._programs(size)
        self._colleagues(size)
        self._entries()

    def table(self) -> str:
        """A table of people on the shelf, with more rows the larger the school is."""
        rows = [
            f"{CLASS};{pupil.name};{one.name};19000{one.pk};;vk;2026-09-01;анкета\n"
            for one in Guardian.objects.prefetch_related("pupils")
            for pupil in one.pupils.all()
        ]
        bad = f"{CLASS};;Олег Ким;сто;;;;\n" * len(rows)
        kept = shelf.keep(
            settings.IMPORT_FOLDER,
            [(HEAD + "".join(rows) + bad).encode()],
            name="люди.csv",
            kind=Kind.PEOPLE,
            user=self.boss.user_id,
            now=timezone.now(),
        )
        return kept.token

    def _family(self, size: int, number: int) -> Guardian:
        addresses = {channel: f"{channel}-{size}-{number}" for channel in CHANNELS[:3]}
        person = school.guardian(f"Родитель {size} {number}", (CLASS, f"{size}Б"), **addresses)
        if number % 4 == 0:
            person.addresses.all().delete()
        return person

    def _enrich_the_person(self, size: int) -> None:
        self.person.pupils.add(school.pupil(f"Петя Абрамов {size}", CLASS, f"{size}В"))
        school.address(self.person, "vk", f"{size}-person")
        for _turn in range(3):
            old = school.announcement(CLASS, released_at=school.NOON)
            school.copy(self.address, old, state=State.SENT, sent_at=school.NOON)
            ToldInPerson.objects.create(
                announcement_id=old, guardian=self.person, by="Завуч", at=school.NOON
            )
        for attempt in range(2):
            self._answer(self.copy, size * 2 + attempt)

    def _double(self, size: int) -> None:
        pair = [school.guardian(f"Нина Двойняшкина {size}", (CLASS,)) for _one in range(2)]
        pair[1].pupils.set(pair[0].pupils.all())
        for _one in range(2):
            school.pupil(f"Лиза Двойняшкина {size}", CLASS)

    def _copies(self, person: Guardian, state: State) -> None:
        addresses = list(person.addresses.all())
        if not addresses:
            Delivery.objects.create(
                announcement_id=self.news, guardian=person, channel="", state=State.SKIPPED,
                reason=Skip.NO_ADDRESS, why=Why.PREFERRED, priority=1, due_at=school.NOON,
            )  # fmt: skip
        now = timezone.now()
        moment = {"sent_at": now} if state in {State.SENT, State.DELIVERED} else {}
        reason = Reason.BLOCKED if state == State.FAILED else ""
        for address in addresses:
            row = school.copy(address, self.news, state=state, reason=reason, **moment)
            self._answer(row, 1)
        if state == State.SENT:
            Acknowledgement.objects.create(
                announcement_id=self.news, guardian=person, channel="email", at=now
            )
        if state == State.FAILED:
            ToldInPerson.objects.create(
                announcement_id=self.news, guardian=person, by="Завуч", at=now
            )

    def _answer(self, row: Delivery, attempt: int) -> None:
        Receipt.objects.create(
            delivery=row, attempt=attempt, at=timezone.now(), outcome="accepted",
            parts=[[0, {"id": attempt}]],
        )  # fmt: skip

    def _draft(self) -> UUID:
        draft = school.announcement(CLASS, body="Напоминаем: Роман Абрамов приносит {{ имя }}.")
        Announcement.objects.filter(pk=draft).update(written_by=self.teacher.user_id)
        Announcement.objects.get(pk=draft).people.add(self.person)
        return draft

    def _mould(self, now: Any) -> UUID:
        """What is repeated every day."""
        mould = self._draft()
        about = {"rule": "FREQ=DAILY", "time": time(16), "shift": "stay", "started_at": now}
        Series.objects.create(mould_id=mould, **about)
        return mould

    def _news(self, now: Any) -> UUID:
        news = school.announcement(CLASS, importance=Importance.IMPORTANT, released_at=now)
        Announcement.objects.filter(pk=news).update(written_by=self.teacher.user_id)
        return news

    def _asks(self, draft: UUID) -> ApprovalRequest:
        return ApprovalRequest.objects.create(
            announcement_id=draft, version=0, asked_by=self.teacher.user, asked_at=school.NOON
        )

    def _enrich_the_draft(self, size: int) -> None:
        first = AnnouncementFile.objects.filter(announcement=self.draft)[0]
        AnnouncementFile.objects.create(
            announcement_id=self.draft, position=size + 1, name=f"{size}.jpg",
            media_type=first.media_type, size=first.size, digest=first.digest,
        )  # fmt: skip
        for draft in (self.draft, self.waiting, self.news):
            row = Announcement.objects.get(pk=draft)
            row.groups.add(school.group(f"{size}Б"), school.group(f"{size}В"))
            text = row.revisions.order_by("number")[0]
            Revision.objects.create(
                announcement=row, number=size + 1, title=text.title, body=text.body,
                created_at=school.NOON,
            )  # fmt: skip
        for draft in (self.draft, self.waiting):
            one = school.guardian(f"Ещё Один {size}", (), email=f"{size}-more")
            Announcement.objects.get(pk=draft).people.add(one)

    def _drafts_and_news(self) -> None:
        soon = timezone.now() + timedelta(days=1)
        self._draft()
        self._asks(self._draft())
        school.announcement(CLASS, release_at=soon)
        school.announcement(CLASS, cancelled_at=school.NOON)
        returned = self._asks(self._draft())
        returned.decided_at, returned.decision, returned.words = school.NOON, "returned", "Нет."
        returned.decided_by = self.boss.user
        returned.save()
        for state in STATES:
            news = self._news(school.NOON)
            school.copy(self.address, news, state=state)

    def _dates(self, size: int) -> None:
        """Dates of a memo: some are sent, some wait for consent."""
        today = timezone.now()
        for number in range(7):
            sent = number < 5
            key = self._news(school.NOON) if sent else self._draft()
            at = today + timedelta(days=size - 20 * number if sent else size + number)
            Occasion.objects.create(
                item="icicles", day=at.date() + timedelta(days=400 * size), title="Сосульки",
                send_at=at, decide_by=at, made_at=today, announcement_id=key,
            )  # fmt: skip
            if not sent:
                self._asks(key)

    def _repeated(self, size: int) -> None:
        """Dates of what is repeated, and one more that is."""
        now = timezone.now()
        self._mould(now)
        item = name_of(Series.objects.get(mould=self.mould).pk)
        for number in (1, 2, 3):
            at = now - timedelta(days=size * 5 + number)
            Occasion.objects.create(
                item=item, day=at.date(), title="Обувь", send_at=at, decide_by=at, made_at=now,
                announcement_id=self._news(school.NOON),
            )  # fmt: skip

    def _programs(self, size: int) -> None:
        for number in range(2):
            ApiToken.objects.create(
                name=f"Дневник {size}", digest=f"{size}-{number}", made_at=school.NOON,
                made_by=self.boss.user,
            )  # fmt: skip
            hook = Webhook.objects.create(url="https://a.invalid/", secret="s", made_at=school.NOON)
            for turn in range(3):
                WebhookCall.objects.create(
                    webhook=hook, event="announcement.finished", subject=str(turn), payload={},
                    attempts=1, due_at=timezone.now(), answer="500",
                )  # fmt: skip
            Alarm.objects.create(
                kind=Trouble.FAILURES, part=f"{size}-{number}", since=school.NOON,
                noticed_at=school.NOON,
            )  # fmt: skip
            Alarm.objects.create(
                kind=Trouble.STUCK, part="vk", since=school.NOON, noticed_at=school.NOON,
                until=timezone.now(),
            )  # fmt: skip

    def _colleagues(self, size: int) -> None:
        for _one in range(3):
            member(Role.TEACHER, CLASS, f"{size}Б")
        member(Role.ADMINISTRATOR)

    def _entries(self) -> None:
        by, now = Actor(self.boss.name, self.boss.user_id), timezone.now()
        for action in (Action.RELEASED, Action.DRAFT_MADE):
            record(by, action, now=now, kind="announcement", subject=self.news)
        for one in (self.person, self.twin):
            record(by, Action.STAFF_CHANGED, now=now, kind="guardian", subject=one.pk)
        record(by, Action.STAFF_CHANGED, now=now, kind="staff", subject=self.boss.pk)


def _photo() -> Incoming:
    content = picture()
    return Incoming("фото.jpg", BytesIO(content), len(content))
