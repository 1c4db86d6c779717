"""How often each page of the staff asks the database, and that it does not depend on the data.

A new page: put its name with its number into `QUERIES`, and what stands in its address into
`_values`. A page that can be asked in several ways may stand there more than once, with what
follows the `?`. A number that has become smaller is written down as gladly as one that had to grow.

Nothing that is kept in the process has been read from the database, so that it makes no difference
who was asked before; transactions and savepoints do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from broadcaster.bootstrap import office
from broadcaster.services.calendar.items import calendar
from tests.web.addresses import Address, every_address
from tests.web.desk import Write
from tests.web.small_school import SETTINGS, SmallSchool

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SIGNED_IN = 5
"""The session, the account, the member of staff, and the second factors of two kinds."""

QUERIES: Mapping[str, int] = {
    "home": 5,
    "absence": 6,
    "account": 9,
    "password": 5,
    "second-factor": 5,
    "second-factor-settings": 9,
    # Writing
    "announcements": 22,
    "announcements?shelf=running": 14,
    "announcements?q=экскурсия": 14,
    "new": 5,
    "edit": 18,
    "edit?find=Родитель": 20,
    "recipients": 10,
    "recipients?find=Родитель": 12,
    "drop": 11,
    "attachments": 12,
    "attachment-file": 7,
    "previews": 11,
    "preview-page": 8,
    "audience-count": 22,
    "unreachable": 16,
    "repeat-words": 10,
    "series": 14,
    "confirm": 23,
    "approvals": 17,
    "approval": 23,
    # Following
    "announcement": 19,
    "announcement-progress": 11,
    "announcement-people": 11,
    "announcement-people?who=waiting": 11,
    "announcement-copies": 10,
    "announcement-copies?state=sent": 10,
    "announcement-copy": 9,
    "announcement-act": 16,
    "announcement-cancel": 11,
    "announcement-people-csv": 14,
    "announcement-copies-csv": 10,
    "announcement-xlsx": 16,
    # Families
    "people": 11,
    "people?q=Родитель": 11,
    "people?only=unreachable": 11,
    "people-unreachable": 12,
    "person": 16,
    "person-new": 6,
    "person-edit": 13,
    "person-erase": 10,
    "child-new": 14,
    "child": 11,
    "address-new": 13,
    "address": 14,
    "address-consent": 14,
    "address-remove": 14,
    "people-doubles": 17,
    "people-merge": 21,
    "groups": 10,
    "group": 12,
    "group-graduate": 11,
    "group-new": 5,
    "group-edit": 9,
    "places": 7,
    "place": 7,
    "place-new": 6,
    "people-import": 5,
    "people-import-sample": 5,
    "people-import-plan": 12,
    # Channels and the log
    "health": 16,
    "channel-shut": 6,
    "audit": 11,
    "audit?action=released": 9,
    "audit-export": 11,
    # The calendar
    "days_off_now": 5,
    "days_off": 5,
    "calendar": 16,
    "calendar_year": 16,
    "calendar_switch": 12,
    "calendar_item": 27,
    "calendar_item_look": 7,
    "calendar_item_new": 8,
    "calendar_item_edit": 8,
    "calendar_item_remove": 5,
    "occasion_skip": 14,
    "calendar_file": 12,
    "calendar_subscribe": 6,
    # Settings
    "settings": 7,
    "settings-school": 5,
    "settings-quiet": 5,
    "settings-files": 5,
    "settings-approvals": 5,
    "settings-channel": 5,
    "start-channels": 6,
    "start-done": 6,
    "staff": 8,
    "staff-new": 6,
    "staff-edit": 11,
    "staff-absence": 7,
    "tokens": 6,
    "webhooks": 7,
}
"""A page's name, and how many queries it makes, `SIGNED_IN` among them."""

PAGES = {one.name: one for one in every_address() if hasattr(one.view, "right")}
"""Everything that needs a right, also what only takes forms."""

ASIDE = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO", "SELECT pg_advisory_xact_lock")
"""What holds a transaction, or the end of the audit log; one database says it, another does not."""


@pytest.fixture
def school(own_settings: Write, settings: Any, tmp_path: Path) -> SmallSchool:
    """A small school on four channels; files lie beside its settings."""
    settings.FILE_FOLDER = tmp_path / "files"
    settings.IMPORT_FOLDER = tmp_path / "imports"
    own_settings(SETTINGS)
    return SmallSchool()


def test_each_page_makes_as_many_queries_as_the_table_says(school: SmallSchool) -> None:
    seen = counted(school, [*QUERIES, *(set(PAGES) - set(QUERIES))])
    unknown = {name: number for name, number in seen.items() if name not in QUERIES}
    assert not unknown, f"These pages are new. Enter them into QUERIES: {unknown}"
    assert seen == QUERIES


def test_a_school_twice_as_large_needs_no_more_queries(school: SmallSchool) -> None:
    small = counted(school, QUERIES)
    school.grow()
    assert counted(school, QUERIES) == small


def test_the_table_has_no_page_that_is_gone() -> None:
    assert {name.partition("?")[0] for name in QUERIES} - set(PAGES) == set()


def counted(school: SmallSchool, names: Iterable[str]) -> dict[str, int]:
    """How many queries each of these pages makes; what cannot be got is no page."""
    values, client = _values(school), school.client
    asked = {name: _asked(client, _path(name, values)) for name in names}
    return {name: number for name, number in asked.items() if number is not None}


def _asked(client: Client, path: str) -> int | None:
    """The number of queries behind one page, whose traces are wiped out; None for a form's end."""
    with transaction.atomic():
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(path)
            if answer.streaming:
                answer.getvalue()
        transaction.set_rollback(True)
    if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return None
    words = f"{path} says {answer.status_code}: give `_values` what stands in its address."
    assert answer.status_code < HTTPStatus.BAD_REQUEST, words
    return sum(not str(one["sql"]).startswith(ASIDE) for one in seen.captured_queries)


def _path(name: str, values: Mapping[str, Any]) -> str:
    page, mark, query = name.partition("?")
    address: Address = PAGES[page]
    kind = page.partition("-")[0]
    taken = {one: values.get(f"{kind} {one}", values.get(one, 1)) for one in address.takes}
    return f"{reverse(page, kwargs=taken)}{mark}{query}"


def next_day(name: str) -> str:
    """The next date of an item, as addresses have it."""
    now = datetime.now(UTC)
    item = calendar(office(), today=now.date()).offered[name]
    found = item.rhythm.rule.after(now.date() + timedelta(days=30))
    assert found
    return found.isoformat()


def _values(school: SmallSchool) -> Mapping[str, Any]:
    """What stands in addresses: by its name there, after the first word of the page's if needed."""
    return {
        "address": school.address.pk,
        "announcement key": school.news,
        "announcement number": school.copy.pk,
        "approval number": school.asked.pk,
        "channel": "email",
        "day": next_day("icicles"),
        "file": school.file,
        "first": school.person.pk,
        "form": "csv",
        "group number": school.place.group_id,
        "guardian": school.person.pk,
        "item": "icicles",
        "key": school.draft,
        "kind": "people",
        "name": "email",
        "number": school.person.pk,
        "place number": school.place.pk,
        "pupil": school.pupil.pk,
        "second": school.twin.pk,
        "series key": school.mould,
        "staff number": school.teacher.pk,
        "token": school.table(),
        "what": "close",
        "year": datetime.now(UTC).year,
    }
