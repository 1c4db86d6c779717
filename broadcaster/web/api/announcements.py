"""Announcements of the school's other programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from ninja import Router
from pydantic import BaseModel, Field

from broadcaster.bootstrap import office
from broadcaster.contract import DataClass
from broadcaster.domain.policy import Importance
from broadcaster.domain.scopes import Scope
from broadcaster.services.drafting import LONGEST_TITLE
from broadcaster.services.submitting import (
    STEERS,
    Submission,
    release_or_schedule,
    steer,
    submit,
)
from broadcaster.store.models import Announcement, Revision
from broadcaster.web.api.door import ApiRequest, Bearer, has_scope, scope_missing
from broadcaster.web.api.fields import (
    EXAMPLE_ID,
    Moment,
    Page,
    PageNumber,
    PerPage,
    PersonId,
    Sent,
    window,
)
from broadcaster.web.api.repeating import Done
from broadcaster.web.api.responses import answers, changing
from broadcaster.web.bell import ring, ring_for_release

router = Router(tags=["announcements"])

Name = Annotated[str, Field(min_length=1, max_length=80)]
Stage = Literal["draft", "scheduled", "set_aside", "released", "paused", "cancelled"]


class NewAnnouncement(Sent):
    """An announcement, complete: it is refused when a person could not send it either."""

    title: str = Field(min_length=1, max_length=LONGEST_TITLE, examples=["Экскурсия в музей"])
    body: str = Field(
        min_length=1,
        max_length=100_000,
        description="Markdown, as on the screen; {{ имя }} and {{ дети }} stand for each parent.",
        examples=["Завтра идём в **музей**. Возьмите сменную обувь."],
    )
    more: str = Field(
        "",
        max_length=100_000,
        description="Markdown that only the school's site shows, below the body.",
        examples=["## Что взять с собой\n\n* сменную обувь\n* воду"],
    )
    importance: Literal["routine", "important", "urgent"] = "routine"
    data: Literal["public", "closed", "personal"] = Field(
        "public", description="What the text tells about people; raised when it names somebody."
    )
    groups: list[Name] = Field([], max_length=500, examples=[["1А"]])
    people: list[PersonId] = Field([], max_length=5000, description="Guardians beside the groups.")
    channels: list[Name] = Field([], max_length=50, description="None stands for all of them.")
    release_at: Moment | None = Field(None, description="When to release; none: at once.")
    expires_at: Moment | None = Field(None, description="When nobody needs it any more.")
    release: bool = Field(
        False,
        description="Release it at once, or at `release_at`; needs announcements:release.",
    )


class AnnouncementState(BaseModel):
    """One announcement and how far it has come."""

    id: UUID = Field(examples=[EXAMPLE_ID])
    title: str | None = Field(description="Null when it names somebody and people:read is missing.")
    stage: Stage
    importance: str
    data: str
    author: str
    by_program: bool = Field(description="Whether a program made it; only those can be steered.")
    groups: list[str]
    channels: list[str]
    created_at: datetime
    release_at: datetime | None
    released_at: datetime | None
    expires_at: datetime | None
    paused_at: datetime | None
    cancelled_at: datetime | None
    problem: str = Field(description="Why a scheduled one could not be released.")


class Steered(BaseModel):
    """What a pause, a resumption or an end did."""

    announcement: AnnouncementState
    copies: int = Field(description="How many copies it concerned.")


@router.post(
    "",
    auth=Bearer(Scope.WRITE),
    summary="Create an announcement",
    operation_id="createAnnouncement",
    **changing(201, AnnouncementState, 409),
)
def create(request: ApiRequest, announcement: NewAnnouncement) -> Done:
    """Keep a draft, or with `release` send it at once or at `release_at`.

    Give an Idempotency-Key: a repeated request then creates nothing twice.
    """
    if announcement.release and not has_scope(request, Scope.RELEASE):
        raise scope_missing(Scope.RELEASE)
    now = datetime.now(UTC)
    key = submit(office(), _submission(announcement), token=request.auth, now=now)
    if announcement.release:
        _let_go(request, key, now)
    return Done(201, state_of(request, key))


@router.post(
    "/{announcement}/release",
    auth=Bearer(Scope.RELEASE),
    summary="Release a draft",
    operation_id="releaseAnnouncement",
    **changing(200, AnnouncementState, 404, 409),
)
def release(request: ApiRequest, announcement: UUID) -> Done:
    """Send a program's draft to its families: now, or at the `release_at` it was created with."""
    _let_go(request, announcement, datetime.now(UTC))
    return Done(200, state_of(request, announcement))


def _steering(verb: str, words: str, promise: str) -> Callable[..., Done]:
    def change(request: ApiRequest, announcement: UUID) -> Done:
        count = steer(STEERS[verb], announcement, token=request.auth, now=datetime.now(UTC))
        transaction.on_commit(ring)
        return Done(200, Steered(announcement=state_of(request, announcement), copies=count))

    change.__name__, change.__doc__ = verb, promise
    return router.post(
        f"/{{announcement}}/{verb}",
        auth=Bearer(Scope.WRITE),
        summary=words,
        operation_id=f"{verb}Announcement",
        **changing(200, Steered, 404),
    )(change)


pause = _steering("pause", "Pause", "Hold every copy that has not been handed to its platform.")
resume = _steering("resume", "Resume", "Go on with what was paused; try again what was set aside.")
cancel = _steering("cancel", "Cancel", "End what has not been sent, for ever; no draft is left.")


@router.get(
    "",
    auth=Bearer(Scope.WRITE, Scope.REPORTS),
    summary="List announcements",
    operation_id="listAnnouncements",
    **answers(200, Page[AnnouncementState]),
)
def listing(
    request: ApiRequest, page: PageNumber = 1, per_page: PerPage = 50
) -> Page[AnnouncementState]:
    """The newest first: what programs made and, with reports:read, all that was released."""
    rows = _visible(request).order_by("-created_at", "-pk")
    shown = rows.prefetch_related("groups")[window(page, per_page)]
    items = _states(request, list(shown))
    return Page(items=items, page=page, per_page=per_page, total=rows.count())


@router.get(
    "/{announcement}",
    auth=Bearer(Scope.WRITE, Scope.REPORTS),
    summary="Read an announcement",
    operation_id="readAnnouncement",
    **answers(200, AnnouncementState, 404),
)
def read(request: ApiRequest, announcement: UUID) -> AnnouncementState:
    """How far one announcement has come."""
    return state_of(request, announcement)


def state_of(request: ApiRequest, key: UUID) -> AnnouncementState:
    """One announcement as this token may see it; Http404 when it may not."""
    found = _states(request, list(_visible(request).filter(pk=key).prefetch_related("groups")))
    if not found:
        raise Http404
    return found[0]


def _let_go(request: ApiRequest, key: UUID, now: datetime) -> None:
    release_or_schedule(office(), key, token=request.auth, now=now)
    transaction.on_commit(ring_for_release)


def _visible(request: ApiRequest) -> QuerySet[Announcement]:
    own = Q(made_with__isnull=False)
    if has_scope(request, Scope.REPORTS):
        return Announcement.objects.filter(own | Q(released_at__isnull=False))
    return Announcement.objects.filter(own)


def _submission(sent: NewAnnouncement) -> Submission:
    return Submission(
        title=sent.title,
        body=sent.body,
        more=sent.more,
        importance=Importance(sent.importance),
        data_class=DataClass[sent.data.upper()],
        groups=tuple(dict.fromkeys(sent.groups)),
        people=tuple(dict.fromkeys(sent.people)),
        channels=tuple(dict.fromkeys(sent.channels)),
        release_at=sent.release_at,
        expires_at=sent.expires_at,
    )


def _states(request: ApiRequest, rows: list[Announcement]) -> list[AnnouncementState]:
    texts = Revision.objects.filter(announcement__in=[row.pk for row in rows])
    titles = dict(texts.order_by("number").values_list("announcement", "title"))
    sees_names = has_scope(request, Scope.READ_PEOPLE)
    return [_state(row, titles.get(row.pk, ""), sees_names=sees_names) for row in rows]


def _state(row: Announcement, title: str, *, sees_names: bool) -> AnnouncementState:
    kind = DataClass(row.data_class)
    is_hidden = kind is DataClass.PERSONAL and row.made_with_id is None and not sees_names
    return AnnouncementState(
        id=row.pk,
        title=None if is_hidden else title,
        stage=_stage(row),
        importance=row.importance,
        data=kind.name.lower(),
        author=row.author,
        by_program=row.made_with_id is not None,
        groups=sorted(group.name for group in row.groups.all()),
        channels=row.channels,
        created_at=row.created_at,
        release_at=row.release_at or row.wanted_at,
        released_at=row.released_at,
        expires_at=row.expires_at,
        paused_at=row.paused_at,
        cancelled_at=row.cancelled_at,
        problem=row.problem,
    )


def _stage(row: Announcement) -> Stage:
    """Without counting copies: a report tells whether everything has been sent."""
    if row.cancelled_at:
        return "cancelled"
    if row.released_at:
        return "paused" if row.paused_at else "released"
    if row.release_at is None:
        return "draft"
    return "set_aside" if row.paused_at else "scheduled"
