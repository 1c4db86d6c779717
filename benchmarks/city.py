"""A city that was told one thing: as many copies as are asked for, in one announcement.

Importing this sets Django up: it is for children that have a home of their own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import django
from django.core.management import call_command
from django.db import connection, transaction

django.setup()

from django.contrib.auth.models import User  # noqa: E402 - needs the settings above

from broadcaster.domain.permissions import Role  # noqa: E402
from broadcaster.store.models import Announcement, Revision, Staff  # noqa: E402
from broadcaster.store.queries.dialect import change, key, moment, on_postgres  # noqa: E402

CLASS = 50
"""Guardians of a class: two for each of 25 children."""

PLACE, CHILD = f"1 + (n - 1) / {CLASS // 2}", "1 + (n - 1) / 2"

NUMBERS = {
    "postgresql": "numbers AS (SELECT n FROM generate_series(1, %s) AS n)",
    "sqlite": "numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)",
}

ADDRESS = (
    "INSERT INTO store_address (guardian_id, channel, value, preference, consent_on,"
    " consent_source, state, state_reason) SELECT n, '{channel}', '{place}' || n, {preference},"
    " '2026-09-01', 'benchmark', 'open', '' FROM numbers"
)

ROLL = (
    ("INSERT INTO store_group (id, name) SELECT n, 'Класс ' || n FROM numbers", CLASS),
    ("INSERT INTO store_guardian (id, name) SELECT n, 'Смирнова Дарья ' || n FROM numbers", 1),
    ("INSERT INTO store_pupil (id, name) SELECT n, 'Маша ' || n FROM numbers", 2),
    (f"INSERT INTO store_pupil_groups (pupil_id, group_id) SELECT n, {PLACE} FROM numbers", 2),
    (
        f"INSERT INTO store_guardian_pupils (guardian_id, pupil_id) SELECT n, {CHILD} FROM numbers",
        1,
    ),
    (ADDRESS.format(channel="email", place="parent", preference=0), 1),
    (ADDRESS.format(channel="telegram", place="1000", preference=1), 1),
)
"""Statements, each with how many people there are for a row."""

COPIES = """
    INSERT INTO store_delivery (announcement_id, guardian_id, address_id, channel, state, reason,
        why, priority, due_at, attempts, sent_at, parts)
    SELECT %s, guardian_id, id, channel,
        CASE WHEN id %% 100 < 90 THEN 'sent' WHEN id %% 100 < 96 THEN 'read' ELSE 'failed' END,
        CASE WHEN id %% 100 < 96 THEN '' ELSE 'blocked' END, 'every_channel', 20, {start}, 1,
        CASE WHEN id %% 100 < 96 THEN {sent} END, '[[1, {{"message_id": "<7b1d@school.example>"}}]]'
    FROM store_address
"""

ANSWERS = """
    INSERT INTO store_receipt (delivery_id, attempt, at, outcome, reason, detail, parts)
    SELECT id, 1, coalesce(sent_at, due_at),
        CASE state WHEN 'failed' THEN 'unreachable' ELSE 'accepted' END, reason, '', parts
    FROM store_delivery
"""


def fill(copies: int) -> str:
    """Make the city and its announcement; returns the announcement's id."""
    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    people = copies // 2
    with transaction.atomic():
        _administrator()
        for statement, each in ROLL:
            head = f"WITH {'' if on_postgres() else 'RECURSIVE '}{NUMBERS[connection.vendor]} "
            insert, _, select = statement.partition(" SELECT ")
            change(f"{insert} {head}SELECT {select}", [people // each])
        one = _announcement(now - timedelta(days=1))
        change(_copies(), [key(one.pk), moment(one.released_at), moment(one.released_at)])
        change(ANSWERS)
    if on_postgres():
        change("VACUUM ANALYZE")  # which it does by itself after a while
    return str(one.pk)


def _copies() -> str:
    """A second later for every 500 copies."""
    if on_postgres():
        sent = "%s::timestamptz + (id / 500) * interval '1 second'"
        return COPIES.format(start="%s::timestamptz", sent=sent)
    sent = "strftime('%%Y-%%m-%%d %%H:%%M:%%f000', %s, '+' || (id / 500) || ' seconds')"
    return COPIES.format(start="%s", sent=sent)


def _administrator() -> None:
    user = User.objects.create(username="city@school.example", password="!")
    Staff.objects.create(user=user, name="Администратор", role=Role.ADMINISTRATOR)


def _announcement(at: datetime) -> Announcement:
    one = Announcement.objects.create(
        importance="important", created_at=at, released_at=at, author="Администратор"
    )
    Revision.objects.create(
        announcement=one, title="Тонкий лёд", body="Встал **первый лёд**.\n\n", created_at=at
    )
    change(
        "INSERT INTO store_announcement_groups (announcement_id, group_id)"
        " SELECT %s, id FROM store_group",
        [key(one.pk)],
    )
    return one
