"""Who is asked about a request for consent, as the staff and the requests are now.

`domain.asking` decides; here rows become what it knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from broadcaster.domain.asking import Circle, Colleague, Question, circle, is_overdue, may_answer
from broadcaster.domain.permissions import Right, Role, may
from broadcaster.services.outlets import Office, local_day
from broadcaster.store.models import ApprovalRequest, Occasion, Staff


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about one request: `circle` by accounts, `people` among the whole staff."""

    question: Question
    circle: Circle
    people: Mapping[int, Staff]

    def is_asked(self, who: Staff) -> bool:
        """Whether this person is asked."""
        return self.circle.is_asked(who.user_id)

    def may_answer(self, who: Staff) -> bool:
        """Whether this person may decide."""
        return may_answer(self.question, colleague_of(who), self.circle)

    def reads_as(self, who: Staff) -> Staff:
        """With whose eyes this person reads it: a deputy sees what the one she stands in for sees.

        A deputy's own role may see her own groups only.
        """
        places = [] if may(Role(who.role), Right.APPROVE) else self.in_place_of(who)
        return places[0] if places else who

    def in_place_of(self, who: Staff) -> list[Staff]:
        """For whom this person stands in; nobody when she is asked in her own right."""
        return [self.people[one] for one in sorted(self.circle.stands_in_for(who.user_id))]

    @property
    def members(self) -> list[tuple[Staff, list[Staff]]]:
        """Those who are asked, by name, each with those for whom she stands in."""
        found = [
            (self.people[who], self.in_place_of(self.people[who])) for who in self.circle.places
        ]
        return sorted(found, key=lambda pair: (pair[0].name, pair[0].pk))


def open_requests() -> QuerySet[ApprovalRequest]:
    """The requests that somebody must decide about, the oldest first.

    Nobody need decide about what has left already or never will.
    """
    waiting = ApprovalRequest.objects.filter(
        decided_at=None, announcement__released_at=None, announcement__cancelled_at=None
    )
    related = ("announcement__occasion", "asked_by__staff")
    return waiting.select_related(*related).order_by("asked_at", "pk")


def team() -> dict[int, Staff]:
    """Everybody whose account is open, by it; one query."""
    rows = Staff.objects.filter(user__is_active=True).select_related("user")
    return {one.user_id: one for one in rows}


def asked_about(
    office: Office, request: ApprovalRequest, people: Mapping[int, Staff], *, now: datetime
) -> Asked:
    """Who is asked about a request at `now`; `people` is the `team`."""
    question = question_of(request)
    seen = circle(
        question,
        _colleagues(people),
        today=local_day(office, now),
        overdue=is_overdue(
            question, after=timedelta(hours=office.approvals.escalate_after), now=now
        ),
    )
    return Asked(question, seen, people)


def first_asked(
    office: Office, request: ApprovalRequest, people: Mapping[int, Staff], *, now: datetime
) -> Circle:
    """Who would be asked at `now` had nobody been silent."""
    today = local_day(office, now)
    return circle(question_of(request), _colleagues(people), today=today, overdue=False)


def question_of(request: ApprovalRequest) -> Question:
    """A request as far as asking goes, whether a person or the calendar asks.

    The calendar decides for itself when nobody answers; a person's wish is only a wish.
    """
    row = request.announcement
    occasion = occasion_of(request)
    told = [at for at in (request.reminded_at, request.escalated_at) if at is not None]
    return Question(
        role=Role(request.asked_role),
        asked_at=request.asked_at,
        asked_by=request.asked_by_id,
        written_by=row.written_by_id,
        decide_by=row.wanted_at if occasion is None else occasion.decide_by,
        reminded_at=max(told) if told else None,
    )


def occasion_of(request: ApprovalRequest) -> Occasion | None:
    """The calendar's date of which a request speaks; None when a person has asked."""
    return getattr(request.announcement, "occasion", None)


def colleague_of(staff: Staff, deputy: int | None = None) -> Colleague:
    """A member of staff as far as asking goes; `deputy` is an account."""
    return Colleague(
        key=staff.user_id,
        role=Role(staff.role),
        deputy=deputy,
        away_from=staff.away_from,
        away_until=staff.away_until,
    )


def _colleagues(people: Mapping[int, Staff]) -> list[Colleague]:
    accounts = {one.pk: one.user_id for one in people.values()}
    return [
        colleague_of(one, None if one.deputy_id is None else accounts.get(one.deputy_id))
        for one in people.values()
    ]
