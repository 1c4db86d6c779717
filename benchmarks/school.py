"""A school to send from: its families and announcements.

Importing this sets Django up: it is for children that have a home of their own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import QuerySet

django.setup()

from broadcaster.contract import DataClass  # noqa: E402 - needs the settings above
from broadcaster.domain.policy import Importance  # noqa: E402
from broadcaster.domain.states import UNDERWAY, State  # noqa: E402
from broadcaster.services.announcing import save_draft  # noqa: E402
from broadcaster.services.drafting import Draft  # noqa: E402
from broadcaster.services.outlets import Office  # noqa: E402
from broadcaster.store.models import (  # noqa: E402
    Address,
    Delivery,
    Group,
    Guardian,
    Pupil,
    Receipt,
)

TITLE = "Тонкий лёд: что сказать ребёнку сегодня"
GREETING = "Здравствуйте, {{ имя }}! Просим прочитать это вместе с ребёнком ({{ дети }})."
BODY = """
На водоёмах района встал **первый лёд**. Он выглядит прочным, но не держит человека:

- не выходите на лёд тоньше 7 см и не разрешайте этого детям;
- не проверяйте прочность льда ударом ноги;
- обходите места, где в реку впадает ручей или сбрасывают тёплую воду;
- идите по льду вдвоём, на расстоянии пяти метров друг от друга.

Если кто-то провалился, позвоните **112**, ложитесь на лёд и подайте палку, шарф или ремень;
не подходите к полынье. Подробности — [на сайте школы](https://school.example/safety/ice).

Классный час о безопасности на воде пройдёт в пятницу, 27 ноября, в 9:00, в кабинете 12.
"""


def enrol(group: str, channel: str, addresses: Sequence[str]) -> None:
    """Put families into a new group: a guardian and a pupil for each address of a channel."""
    with transaction.atomic():
        members = Group.objects.create(name=group)
        guardians = Guardian.objects.bulk_create(
            Guardian(name=f"Наталья Сергеевна {number}") for number, _ in enumerate(addresses)
        )
        pupils = Pupil.objects.bulk_create(
            Pupil(name=f"Маша {number}") for number, _ in enumerate(addresses)
        )
        Pupil.groups.through.objects.bulk_create(
            Pupil.groups.through(pupil=pupil, group=members) for pupil in pupils
        )
        Guardian.pupils.through.objects.bulk_create(
            Guardian.pupils.through(guardian=guardian, pupil=pupil)
            for guardian, pupil in zip(guardians, pupils, strict=True)
        )
        Address.objects.bulk_create(
            Address(
                guardian=guardian,
                channel=channel,
                value=address,
                consent_on=date(2026, 9, 1),
                consent_source="benchmark",
            )
            for guardian, address in zip(guardians, addresses, strict=True)
        )


def migrate() -> None:
    """Make the tables."""
    call_command("migrate", verbosity=0)


def write(office: Office, group: str, *, personal: bool) -> UUID:
    """A draft of an important announcement to a group; a personal one speaks to each by name."""
    draft = Draft(
        title=TITLE,
        body=(GREETING if personal else "") + BODY,
        importance=Importance.IMPORTANT,
        groups=(group,),
        channels=(),
        data_class=DataClass.PUBLIC,
        attachments=(),
    )
    return save_draft(office, draft, now=datetime.now(UTC))


@contextmanager
def expansion_timed() -> Iterator[list[float]]:
    """The seconds that INSERTs of copies take inside the block."""
    laps: list[float] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            if sql.startswith("INSERT INTO store_delivery"):
                laps.append(time.perf_counter() - started)

    with connection.execute_wrapper(watch):
        yield laps


def waiting(announcements: Sequence[str]) -> int:
    """How many copies are still to be sent."""
    return _copies(announcements).filter(state__in=UNDERWAY).count()


def recorded(announcements: Sequence[str]) -> dict[str, int]:
    """Copies that are `sent`, copies with `receipts` of that, and different `ids` in these."""
    copies = _copies(announcements)
    receipts = Receipt.objects.filter(delivery__in=copies, outcome="accepted")
    parts = receipts.values_list("parts", flat=True)
    return {
        "sent": copies.filter(state=State.SENT).count(),
        "receipts": receipts.values("delivery").distinct().count(),
        "ids": len({str(part) for (part, *_) in parts.iterator()}),
    }


def _copies(announcements: Sequence[str]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(announcement__in=[UUID(one) for one in announcements])
