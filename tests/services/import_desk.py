"""Files for the import, written as a school would, and what the database holds afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

from broadcaster.contract import InvalidAddress
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.people import (
    Counts,
    ImportPlan,
    plan_destinations,
    plan_people,
)
from broadcaster.services.people import (
    apply as apply_plan,
)
from broadcaster.store.models import Address, Guardian

TODAY = date(2026, 9, 20)
HEADER = "группа;ребёнок;родитель;telegram;vk;email;предпочитает;согласие;источник согласия"
PLACES_HEADER = "группа;канал;адрес;название;данные"


def number(raw: str) -> str:
    if not raw.lstrip("-").isdigit():
        raise InvalidAddress("expected a number")
    return str(int(raw))


def mailbox(raw: str) -> str:
    if raw.count("@") != 1:
        raise InvalidAddress("expected name@domain")
    return raw.lower()


def apply(plan: ImportPlan, *, good_rows_only: bool) -> Counts:
    now = datetime(2026, 9, 20, 9, tzinfo=UTC)
    return apply_plan(plan, good_rows_only=good_rows_only, by=COMMAND_LINE, now=now)


CHANNELS = {"telegram": number, "vk": number, "email": mailbox}


def plan_bytes(raw: bytes, *, name: str = "people.csv") -> ImportPlan:
    return plan_people(BytesIO(raw), name=name, channels=CHANNELS, today=TODAY)


def plan(*rows: str, header: str = HEADER) -> ImportPlan:
    return plan_bytes("\n".join((header, *rows)).encode())


def load(*rows: str) -> Counts:
    return apply(plan(*rows), good_rows_only=False)


def plan_places(*rows: str, header: str = PLACES_HEADER) -> ImportPlan:
    raw = "\n".join((header, *rows)).encode()
    return plan_destinations(BytesIO(raw), channels=CHANNELS)


def load_places(*rows: str) -> Counts:
    return apply(plan_places(*rows), good_rows_only=False)


def addresses() -> dict[str, int]:
    """Every address and its preference."""
    return dict(Address.objects.values_list("value", "preference"))


def families() -> set[tuple[str, str]]:
    """Guardian and pupil, by name, once a pair of people."""
    pairs = list(Guardian.objects.values_list("name", "pupils__name"))
    assert len(pairs) == len(set(pairs))
    return set(pairs)
