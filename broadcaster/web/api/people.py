"""The roll: families come in from the school's diary, and can be looked up by number."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated

from django.db.models import Count
from ninja import Query, Router
from pydantic import BaseModel, Field

from broadcaster.bootstrap import normalisers, office
from broadcaster.contract import Capability
from broadcaster.domain.scopes import Scope
from broadcaster.i18n import _
from broadcaster.services.people.plan import ImportPlan, ProblemsRemain
from broadcaster.services.people.pushing import Pushed, push, spot
from broadcaster.services.tokens import actor_of_token
from broadcaster.store.models import Address, Group, Guardian
from broadcaster.web.api.door import ApiRequest, Bearer
from broadcaster.web.api.fields import Page, PageNumber, PerPage, Sent, window
from broadcaster.web.api.problems import Problem, Spot
from broadcaster.web.api.repeating import Done
from broadcaster.web.api.responses import answers, changing

router = Router(tags=["people"])

GroupName = Annotated[str, Field(min_length=1, max_length=80, pattern="^[^,\\x00]+$")]
Cell = Annotated[str, Field(max_length=320)]


class Family(Sent):
    """One guardian of one pupil; two guardians of one child are two of these."""

    groups: list[GroupName] = Field(min_length=1, max_length=50, examples=[["1А"]])
    pupil: str = Field(min_length=1, max_length=120, examples=["Маша С."])
    guardian: str = Field(min_length=1, max_length=120, examples=["Анна Петровна Сергеева"])
    addresses: dict[Cell, Cell] = Field(
        {},
        max_length=20,
        description="Channel → address.",
        examples=[{"email": "anna@example.org"}],
    )
    prefers: Cell = Field("", description="The channel that this person looks at first.")
    consent: Cell = Field("", description="The day of consent, 2026-09-01.")
    consent_source: Cell = Field("", description="Where the consent is kept; none: the token.")


class Families(Sent):
    """A part of the roll."""

    people: list[Family] = Field(min_length=1, max_length=5000)


class Number(BaseModel):
    """How many of one kind are new, differ from what was there, or are there already."""

    new: int
    changed: int
    unchanged: int


class Numbers(BaseModel):
    """What was sent, by kind."""

    groups: Number
    pupils: Number
    guardians: Number
    addresses: Number


class Place(BaseModel):
    """Something about one of the families that were sent."""

    index: int = Field(description="Counts from 0; -1: all of them.")
    field: str
    detail: str
    hint: str


class Taken(BaseModel):
    """What the families that were sent change, or would change."""

    applied: bool
    counts: Numbers
    warnings: list[Place] = Field(description="Worth a look; they stop nothing.")


class AddressOut(BaseModel):
    """That a person can be written to; the address itself is not shown."""

    channel: str
    state: str
    preference: int
    consent_on: date | None
    consent_withdrawn: bool


class Child(BaseModel):
    """A pupil."""

    name: str
    groups: list[str]


class PersonOut(BaseModel):
    """A guardian."""

    id: int
    name: str
    children: list[Child]
    addresses: list[AddressOut]


class GroupOut(BaseModel):
    """A class, kindergarten group or club."""

    id: int
    name: str
    pupils: int


@router.put(
    "/people",
    auth=Bearer(Scope.WRITE_PEOPLE),
    summary="Push families",
    operation_id="putPeople",
    **changing(200, Taken),
)
def put(
    request: ApiRequest,
    families: Families,
    *,
    dry_run: Annotated[bool, Query(False, description="Only check.")] = False,
) -> Done:
    """Add families and change what differs; checked like an imported table, all or nothing.

    Nobody is removed: what is not sent stays. Every mistake is told with its place, as
    `body.people.17.addresses.email`.
    """
    now = datetime.now(UTC)
    try:
        plan = push(
            [Pushed(**family.model_dump()) for family in families.people],
            name=request.auth.name,
            channels=normalisers(Capability.PEOPLE),
            today=now.astimezone(office().school.time_zone).date(),
            dry_run=dry_run,
            by=actor_of_token(request.auth),
            now=now,
        )
    except ProblemsRemain as remain:
        raise _refused(remain) from remain
    return Done(200, _taken(plan, applied=not dry_run))


@router.get(
    "/people",
    auth=Bearer(Scope.READ_PEOPLE),
    summary="List people",
    operation_id="listPeople",
    **answers(200, Page[PersonOut]),
)
def people(request: ApiRequest, page: PageNumber = 1, per_page: PerPage = 50) -> Page[PersonOut]:
    """Guardians by number, with their children; addresses are not shown, only that there are."""
    del request
    rows = Guardian.objects.order_by("pk").prefetch_related("pupils__groups", "addresses")
    items = [_person(row) for row in rows[window(page, per_page)]]
    return Page(items=items, page=page, per_page=per_page, total=Guardian.objects.count())


@router.get(
    "/groups",
    auth=Bearer(),
    summary="List groups",
    operation_id="listGroups",
    **answers(200, Page[GroupOut]),
)
def groups(request: ApiRequest, page: PageNumber = 1, per_page: PerPage = 50) -> Page[GroupOut]:
    """The groups to which an announcement may go, by name; any token may ask."""
    del request
    rows = Group.objects.annotate(children=Count("pupils")).order_by("name", "pk")
    items = [
        GroupOut(id=row.pk, name=row.name, pupils=row.children)
        for row in rows[window(page, per_page)]
    ]
    return Page(items=items, page=page, per_page=per_page, total=Group.objects.count())


def _refused(remain: ProblemsRemain) -> Problem:
    spots = [spot(problem) for problem in remain.problems]
    errors = [
        Spot(where=_path(one.index, one.field), detail=one.text, hint=one.hint) for one in spots
    ]
    title = _("Семьи не приняты: в них есть ошибки.")
    return Problem(422, "people_refused", title, errors=errors)


def _path(index: int, field: str) -> str:
    return ".".join(filter(None, ["body.people", "" if index < 0 else str(index), field]))


def _taken(plan: ImportPlan, *, applied: bool) -> Taken:
    counts = asdict(plan.counts)
    del counts["destinations"]
    warnings = [spot(warning) for warning in plan.warnings]
    return Taken(
        applied=applied,
        counts=Numbers(**counts),
        warnings=[
            Place(index=one.index, field=one.field, detail=one.text, hint=one.hint)
            for one in warnings
        ],
    )


def _person(row: Guardian) -> PersonOut:
    children = [
        Child(name=pupil.name, groups=sorted(group.name for group in pupil.groups.all()))
        for pupil in row.pupils.all()
    ]
    addresses = sorted(row.addresses.all(), key=lambda one: (one.preference, one.pk))
    return PersonOut(
        id=row.pk, name=row.name, children=children, addresses=list(map(_address, addresses))
    )


def _address(row: Address) -> AddressOut:
    return AddressOut(
        channel=row.channel,
        state=row.state,
        preference=row.preference,
        consent_on=row.consent_on,
        consent_withdrawn=row.consent_withdrawn_at is not None,
    )
