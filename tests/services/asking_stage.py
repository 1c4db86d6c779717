"""Somebody asked for consent, and the mailbox of those who are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from broadcaster.domain.permissions import Approval, Role
from broadcaster.services.absence import Absence, leave
from broadcaster.services.alarms import Post
from broadcaster.services.approvals import ask, queue
from broadcaster.services.audit import SYSTEM
from broadcaster.services.drafts import Written, make_draft, write_draft
from broadcaster.services.outlets import Office
from broadcaster.store.models import ApprovalRequest, Occasion, Staff
from tests import school
from tests.web.staff import member

NOON = school.NOON
TODAY = NOON.date()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Mailbox:
    """What the staff got; `fault` is raised instead while it is set."""

    letters: list[tuple[list[str], str, str]] = field(default_factory=list)
    fault: Exception | None = None

    def take(self, recipients: Sequence[str], subject: str, text: str) -> None:
        if self.fault:
            raise self.fault
        self.letters.append((list(recipients), subject, text))

    @property
    def post(self) -> Post:
        return Post("email", self.take)

    @property
    def told(self) -> list[list[str]]:
        return [[who.partition("@")[0] for who in to] for to, _, _ in self.letters]


def named(name: str, role: Role, *groups: str, approval: Approval = Approval.NEVER) -> Staff:
    """Somebody with a mailbox of this name."""
    made = member(role, *groups, approval=approval, name=name.capitalize())
    User.objects.filter(pk=made.user_id).update(email=f"{name}@school.example")
    made.user.refresh_from_db()
    return made


def asked(desk: Office, author: Staff, *, now: datetime = NOON, **also: Any) -> ApprovalRequest:
    """A request for consent to a draft that one family would get."""
    school.guardian("Роман Абрамов", alpha="here")
    written = Written(title="Собрание", body="Приходите!", groups=frozenset({school.group().pk}))
    draft = make_draft(author, now=now)
    write_draft(author, draft, replace(written, **also), version=0)
    ask(desk, author, draft, version=1, now=now)
    return queue().get(announcement=draft)


def asked_by_calendar(**also: Any) -> ApprovalRequest:
    """A request for consent to a date of the calendar, which decides itself a week later."""
    key = school.announcement("1А", title="Тонкий лёд", wanted_at=NOON + 7 * DAY)
    Occasion.objects.create(
        item="thin-ice",
        day=TODAY + 7 * DAY,
        title="Тонкий лёд",
        send_at=NOON + 7 * DAY,
        decide_by=NOON + 7 * DAY,
        made_at=NOON,
        announcement_id=key,
    )
    return ApprovalRequest.objects.create(announcement_id=key, version=0, asked_at=NOON, **also)


def away(desk: Office, who: Staff, deputy: Staff | None = None) -> None:
    leave(desk, who, Absence(TODAY, TODAY + 9 * DAY, deputy), by=SYSTEM, now=NOON)
