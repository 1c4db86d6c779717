"""Who was reached and who was not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Router
from pydantic import BaseModel, Field

from broadcaster.domain.scopes import Scope
from broadcaster.services.follow import Report, progress, report
from broadcaster.store.queries.reports import Unreached
from broadcaster.web.api.announcements import state_of
from broadcaster.web.api.door import ApiRequest, Bearer, has_scope
from broadcaster.web.api.fields import PageNumber, PerPage, window
from broadcaster.web.api.responses import answers
from broadcaster.words import REASONS, STATES

router = Router(tags=["reports"])


class People(BaseModel):
    """Guardians in the audience."""

    all: int
    reached: int
    unreached: int
    acknowledged: int = Field(description="Of them said on their own page that they have read it.")


class ChannelCount(BaseModel):
    """One channel's copies that were meant to be sent."""

    channel: str
    total: int
    decided: int = Field(description="Of them no longer under way.")
    reached: int = Field(description="Of them taken by the platform.")


class StateCount(BaseModel):
    """Copies of one channel that are alike in state and reason."""

    channel: str
    state: str
    reason: str
    words: str = Field(description="State and reason in Russian.")
    to_people: bool = Field(description="False: to walls, chats and sections of the site.")
    count: int


class Try(BaseModel):
    """One copy that did not reach its person."""

    channel: str
    state: str
    reason: str
    words: str


class Missed(BaseModel):
    """A person whom no copy has reached."""

    person: int
    name: str | None = Field(description="Null without people:read.")
    children: list[str] | None = Field(description="Null without people:read.")
    tries: list[Try]


class ReportOut(BaseModel):
    """What became of an announcement, at this moment."""

    announcement: UUID
    released_at: datetime | None
    cancelled_at: datetime | None
    complete: bool = Field(description="Released, everybody reached and nothing open.")
    waiting: int = Field(description="Copies still under way.")
    unconfirmed: int = Field(description="Copies of which nobody knows whether they arrived.")
    people: People
    channels: list[ChannelCount]
    states: list[StateCount]
    unreached: list[Missed] = Field(description="A page of them, by name.")
    page: int
    per_page: int


@router.get(
    "/{announcement}/report",
    auth=Bearer(Scope.REPORTS),
    summary="Read the report",
    operation_id="readReport",
    **answers(200, ReportOut, 404),
)
def read(
    request: ApiRequest, announcement: UUID, page: PageNumber = 1, per_page: PerPage = 50
) -> ReportOut:
    """Counts by channel, and who was not reached and why; names only with people:read."""
    state_of(request, announcement)
    found = report(announcement)
    missed = found.unreached[window(page, per_page)]
    with_names = has_scope(request, Scope.READ_PEOPLE)
    return ReportOut(
        announcement=announcement,
        released_at=found.standing.released_at,
        cancelled_at=found.standing.cancelled_at,
        complete=found.complete,
        waiting=found.waiting,
        unconfirmed=found.unconfirmed,
        people=_people(found),
        channels=_channels(announcement),
        states=_states(found),
        unreached=[_missed(one, with_names=with_names) for one in missed],
        page=page,
        per_page=per_page,
    )


def _people(found: Report) -> People:
    everybody, unreached = sum(found.people.values()), found.people.get(0, 0)
    return People(
        all=everybody,
        reached=everybody - unreached,
        unreached=unreached,
        acknowledged=found.acknowledged,
    )


def _channels(announcement: UUID) -> list[ChannelCount]:
    return [
        ChannelCount(channel=one.channel, total=one.total, decided=one.decided, reached=one.sent)
        for one in progress(announcement)
    ]


def _states(found: Report) -> list[StateCount]:
    return [
        StateCount(
            channel=line.channel,
            state=line.state,
            reason=line.reason,
            words=_words(line.state, line.reason),
            to_people=line.personal,
            count=line.count,
        )
        for line in found.states
    ]


def _missed(one: Unreached, *, with_names: bool) -> Missed:
    return Missed(
        person=one.guardian,
        name=one.name if with_names else None,
        children=list(one.children) if with_names else None,
        tries=[
            Try(channel=channel, state=state, reason=reason, words=_words(state, reason))
            for channel, state, reason in one.tries
        ],
    )


def _words(state: str, reason: str) -> str:
    return ": ".join(filter(None, (STATES.get(state, state), REASONS.get(reason, reason))))
