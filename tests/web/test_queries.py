"""How often each page of the staff asks the database, and that it does not depend on the data.

A new page: put its name with its number into `QUERIES`, and what stands in its address into
`_values`. A page that can be asked in several ways may stand there more than once, with what
follows the `?`. A number that has become smaller is written down as gladly as one that had to grow.

Nothing that is kept in the process has been read from the database, so that it makes no difference
who was asked before; transactions and savepoints do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.web.addresses import Address, every_address
from tests.web.desk import Write
from tests.web.small_school import SETTINGS, SmallSchool

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SIGNED_IN = 5
"""The session, the account, the member of staff, and the second factors of two kinds."""

QUERIES: Mapping[str, int] = {
    "home": 0,
    "account": 0,
    "password": 0,
    "second-factor": 0,
    "second-factor-settings": 0,
    # Writing
    "announcements": 0,
    "announcements?shelf=running": 0,
    "announcements?q=экскурсия": 0,
    "new": 0,
    "edit": 0,
    "edit?find=Родитель": 0,
    "recipients?find=Родитель": 0,
    "drop": 0,
    "attachments": 0,
    "attachment-file": 0,
    "previews": 0,
    "preview-page": 0,
    "audience-count": 0,
    "unreachable": 0,
    "confirm": 0,
    "approvals": 0,
    "approval": 0,
    # Following
    "announcement": 0,
    "announcement-progress": 0,
    "announcement-people": 0,
    "announcement-people?who=waiting": 0,
    "announcement-copies": 0,
    "announcement-copies?state=sent": 0,
    "announcement-copy": 0,
    "announcement-act": 0,
    "announcement-cancel": 0,
    "announcement-people-csv": 0,
    "announcement-copies-csv": 0,
    "announcement-xlsx": 0,
    # Families
    "people": 0,
    "people?q=Родитель": 0,
    "people?only=unreachable": 0,
    "people-unreachable": 0,
    "person": 0,
    "person-new": 0,
    "person-edit": 0,
    "person-erase": 0,
    "child-new": 0,
    "child": 0,
    "address-new": 0,
    "address": 0,
    "address-consent": 0,
    "address-remove": 0,
    "people-doubles": 0,
    "people-merge": 0,
    "groups": 0,
    "group": 0,
    "group-new": 0,
    "group-edit": 0,
    "places": 0,
    "place": 0,
    "place-new": 0,
    "people-import": 0,
    "people-import-sample": 0,
    "people-import-plan": 0,
    # Channels and the log
    "health": 0,
    "channel-shut": 0,
    "audit": 0,
    "audit?action=released": 0,
    "audit-export": 0,
    # Settings
    "settings": 0,
    "settings-school": 0,
    "settings-quiet": 0,
    "settings-files": 0,
    "settings-channel": 0,
    "start-channels": 0,
    "start-done": 0,
    "staff": 0,
    "staff-new": 0,
    "staff-edit": 0,
    "tokens": 0,
    "webhooks": 0,
}
"""A page's name, and how many queries it makes, `SIGNED_IN` among them."""

PAGES = {one.name: one for one in every_address() if hasattr(one.view, "right")}
"""Everything that needs a right, also what only takes forms."""

ASIDE = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO")


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
    return sum(not one["sql"].startswith(ASIDE) for one in seen.captured_queries)


def _path(name: str, values: Mapping[str, Any]) -> str:
    page, mark, query = name.partition("?")
    address: Address = PAGES[page]
    kind = page.partition("-")[0]
    taken = {one: values.get(f"{kind} {one}", values.get(one, 1)) for one in address.takes}
    return f"{reverse(page, kwargs=taken)}{mark}{query}"


def _values(school: SmallSchool) -> Mapping[str, Any]:
    """What stands in addresses: by its name there, after the first word of the page's if needed."""
    return {
        "address": school.address.pk,
        "announcement key": school.news,
        "announcement number": school.copy.pk,
        "approval number": school.asked.pk,
        "channel": "email",
        "file": school.file,
        "first": school.person.pk,
        "form": "csv",
        "group number": school.place.group_id,
        "guardian": school.person.pk,
        "key": school.draft,
        "kind": "people",
        "name": "email",
        "number": school.person.pk,
        "place number": school.place.pk,
        "pupil": school.pupil.pk,
        "second": school.twin.pk,
        "staff number": school.teacher.pk,
        "token": school.table(),
        "what": "close",
    }
