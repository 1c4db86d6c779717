"""A school that has sent for years: its people, half a million copies and their answers.

Importing this sets Django up: it is for children that have a home of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import django
from django.core.management import call_command
from django.db import connection, transaction

django.setup()

from django.contrib.auth.models import User  # noqa: E402 - needs the settings above

from broadcaster.domain.actions import Action  # noqa: E402
from broadcaster.domain.permissions import Role  # noqa: E402
from broadcaster.domain.policy import Importance  # noqa: E402
from broadcaster.domain.scopes import Scope  # noqa: E402
from broadcaster.services.audit import SYSTEM, record  # noqa: E402
from broadcaster.services.tokens import make_token  # noqa: E402
from broadcaster.store.models import (  # noqa: E402
    Address,
    Announcement,
    ApprovalRequest,
    Destination,
    Group,
    Guardian,
    Pupil,
    Revision,
    Staff,
)
from broadcaster.store.queries.dialect import change, key, moment, on_postgres  # noqa: E402

NOW = datetime.now(UTC)
CLASS = 50
"""Guardians of a class: two for each of 25 children."""
NAMES = ("Иванова Анна", "Петров Иван", "Сидорова Мария", "Кузнецов Олег", "Смирнова Дарья")
CHANNELS = ("email", "telegram", "vk")
ENTRIES = 2_000
"""Of the audit log."""

STATE = """CASE WHEN id % 100 < 70 THEN 'sent' WHEN id % 100 < 80 THEN 'delivered'
    WHEN id % 100 < 88 THEN 'read' WHEN id % 100 < 91 THEN 'failed'
    WHEN id % 100 < 92 THEN 'unconfirmed' WHEN id % 100 < 97 THEN 'skipped' ELSE 'expired' END"""

COPIES = """
    INSERT INTO store_delivery (announcement_id, guardian_id, address_id, channel, state, reason,
        why, priority, due_at, attempts, sent_at, parts)
    SELECT %s, guardian_id, id, channel, {state},
        CASE WHEN id % 100 < 88 THEN '' WHEN id % 100 < 91 THEN 'blocked' WHEN id % 100 < 92
        THEN 'connection' WHEN id % 100 < 97 THEN 'no_consent' ELSE 'too_late' END,
        'every_channel', 20, %s, 1, CASE WHEN id % 100 < 88 THEN {time} END, '[]'
    FROM store_address WHERE preference = 0 OR id % 3 = 0
""".replace("id %", "id %%")

WAITING = """
    INSERT INTO store_delivery (announcement_id, guardian_id, address_id, channel, state, reason,
        why, priority, due_at, attempts, parts)
    SELECT %s, guardian_id, id, channel, 'queued', '', 'preferred', 20, %s, 0, '[]'
    FROM store_address WHERE preference = 0
"""

ANSWERS = """
    INSERT INTO store_receipt (delivery_id, attempt, at, outcome, reason, detail, parts)
    SELECT id, 1, coalesce(sent_at, due_at), CASE state WHEN 'failed' THEN 'unreachable'
        WHEN 'unconfirmed' THEN 'unconfirmed' ELSE 'accepted' END, reason, '', '[]'
    FROM store_delivery WHERE state IN ('sent', 'delivered', 'read', 'failed', 'unconfirmed')
"""


def fill(people: int, copies: int) -> int:
    """Make a school of so many guardians with at least so many copies; returns how many."""
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        _staff(_groups(people))
        made = _history(copies)
        change(ANSWERS)
        _log()
    if on_postgres():
        change("VACUUM ANALYZE")  # which it does by itself after a while
    return made


def _groups(people: int) -> list[Group]:
    groups = Group.objects.bulk_create(
        Group(name=f"{1 + number % 11}{'АБВГДЕЖЗИК'[number // 11 % 10]}{number // 110 or ''}")
        for number in range(-(-people // CLASS))
    )
    guardians = Guardian.objects.bulk_create(
        Guardian(name=f"{NAMES[number % 5]} {number}") for number in range(people)
    )
    pupils = Pupil.objects.bulk_create(
        Pupil(name=f"Маша {number}") for number in range(people // 2)
    )
    places = [groups[number // (CLASS // 2)] for number in range(len(pupils))]
    Pupil.groups.through.objects.bulk_create(
        Pupil.groups.through(pupil=pupil, group=place)
        for pupil, place in zip(pupils, places, strict=True)
    )
    Guardian.pupils.through.objects.bulk_create(
        Guardian.pupils.through(guardian=guardian, pupil=pupils[number // 2])
        for number, guardian in enumerate(guardians)
    )
    Address.objects.bulk_create(_addresses(guardians))
    Destination.objects.create(channel="vk", value="-1", title="Стена школы", data_class=0)
    return groups


def _addresses(guardians: list[Guardian]) -> Iterator[Address]:
    """Two a person."""
    for number, guardian in enumerate(guardians):
        for preference in range(2):
            channel = CHANNELS[(number + preference) % 3]
            yield Address(
                guardian=guardian,
                channel=channel,
                value=f"parent{number}@family.example"
                if channel == "email"
                else f"{10**6 + number}",
                preference=preference,
                consent_on=date(2026, 9, 1),
                consent_source="benchmark",
            )


def _staff(groups: list[Group]) -> None:
    for role in Role:
        user = User.objects.create(username=f"{role}@school.example", password="!")
        Staff.objects.create(user=user, name=f"Сотрудник {role}", role=role)
    teacher = Staff.objects.get(role=Role.TEACHER)
    teacher.groups.set(groups[:2])


def _history(copies: int) -> int:
    """Announcements to everybody, day after day, until there are enough copies; then today's."""
    writer = User.objects.get(username=f"{Role.TEACHER}@school.example")
    time = "%s::timestamptz" if on_postgres() else "%s"
    statement = COPIES.format(state=STATE.replace("id %", "id %%"), time=time)
    made, number = 0, 0
    while made < copies:
        at = NOW - timedelta(hours=8 * (number + 1))
        one = _announcement(number, writer, released_at=at)
        made += change(statement, [key(one), moment(at), moment(at)])
        number += 1
    running = _announcement(number, writer, released_at=NOW)
    made += change(WAITING, [key(running), moment(NOW)])
    _announcement(number + 1, writer)
    asked = _announcement(number + 2, writer)
    ApprovalRequest.objects.create(announcement_id=asked, version=0, asked_by=writer, asked_at=NOW)
    return made


def _announcement(number: int, writer: User, **also: datetime) -> UUID:
    row = Announcement.objects.create(
        importance=(Importance.ROUTINE, Importance.IMPORTANT)[number % 2],
        created_at=also.get("released_at", NOW) - timedelta(minutes=5),
        author="Сотрудник teacher",
        written_by=writer,
        **also,
    )
    Revision.objects.create(
        announcement=row,
        title=f"Тонкий лёд: что сказать ребёнку сегодня ({number})",
        body="На водоёмах района встал **первый лёд**.\n\n" * 5,
        created_at=row.created_at,
    )
    row.groups.set(Group.objects.all() if number % 10 else Group.objects.all()[:2])
    return row.pk


def _log() -> None:
    for number in range(ENTRIES):
        at = NOW - timedelta(minutes=ENTRIES - number)
        record(SYSTEM, Action.SIGNED_IN, now=at, kind="staff", subject=number % 3)


def token() -> str:
    """The secret of a program that may read everything."""
    return make_token("benchmark", Scope, by=SYSTEM, now=NOW)[1]


def vendor() -> str:
    """The database's name, for titles."""
    return connection.vendor
