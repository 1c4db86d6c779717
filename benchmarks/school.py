"""A school to send from: its families and announcements.

Importing this sets Django up: it is for children that have a home of their own.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
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
from broadcaster.store.models import Delivery, Group, Receipt  # noqa: E402
from broadcaster.store.queries.dialect import change, fetch, on_postgres  # noqa: E402

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


def enrol(group: str, channel: str, addresses: Iterable[str]) -> None:
    """Put families into a new group: a guardian and a pupil for each address of a channel."""
    with transaction.atomic():
        members = Group.objects.create(name=group)
        ids = zip(*(itertools.count(_last(table) + 1) for table in COLUMNS), strict=True)
        rows = (_family(*each, members.pk, channel) for each in zip(ids, addresses, strict=False))
        for chunk in iter(lambda: list(itertools.islice(rows, CHUNK)), []):
            for (table, columns), put in zip(
                COLUMNS.items(), zip(*chunk, strict=True), strict=True
            ):
                _load(table, columns, put)
        for table in COLUMNS:
            _go_on_counting(table)
    if on_postgres():
        change("VACUUM ANALYZE")  # which it does by itself after a while


CHUNK = 50_000
"""Families that are written at a time."""
COLUMNS = {
    "store_guardian": ("id", "name"),
    "store_pupil": ("id", "name"),
    "store_guardian_pupils": ("id", "guardian_id", "pupil_id"),
    "store_pupil_groups": ("id", "pupil_id", "group_id"),
    "store_address": (
        "id", "guardian_id", "channel", "value", "preference", "state", "state_reason",
        "consent_on", "consent_source",
    ),
}  # fmt: skip


def _family(ids: Sequence[int], value: str, group: int, channel: str) -> Sequence[Sequence[Any]]:
    """A row for each of the five tables."""
    guardian, pupil, roll, member, address = ids
    return (
        (guardian, f"Наталья Сергеевна {guardian}"),
        (pupil, f"Маша {pupil}"),
        (roll, guardian, pupil),
        (member, pupil, group),
        (address, guardian, channel, value, 1, "open", "", "2026-09-01", "benchmark"),
    )


def _last(table: str) -> int:
    ((last,),) = fetch(f"SELECT coalesce(max(id), 0) FROM {table}")
    return int(last)


def _load(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Put many rows in at once, each database in its own fastest way."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if on_postgres():
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            holes = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({holes})", rows)


def _go_on_counting(table: str) -> None:
    """Let the next row that names no id come after those that did; SQLite sees it by itself."""
    if on_postgres():
        fetch(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def migrate() -> None:
    """Make the tables."""
    call_command("migrate", verbosity=0)


def write(office: Office, group: str, *, personal: bool, important: bool = True) -> UUID:
    """A draft of an announcement to a group; a personal one speaks to each by name.

    An important one asks each to confirm that it was read, by a link of their own.
    """
    draft = Draft(
        title=TITLE,
        body=(GREETING if personal else "") + BODY,
        importance=Importance.IMPORTANT if important else Importance.ROUTINE,
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
    return {
        "sent": copies.filter(state=State.SENT).count(),
        "receipts": receipts.values("delivery").distinct().count(),
        "ids": receipts.values("parts").distinct().count(),
    }


def _copies(announcements: Sequence[str]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(announcement__in=[UUID(one) for one in announcements])
