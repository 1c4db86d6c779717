"""How often each page of the staff asks the database, and that this does not grow with the school.

A new page: put its name into `QUERIES` with its number, and what stands in its address into
`places_of`, when nothing there fits yet. A page that comes in several states can stand there
several times, with what follows its `?`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

QUERIES: Mapping[str, int] = {}

def places_of(of: SmallSchool) -> Mapping[str, Any]:
    """What stands in addresses, by the name in the route, or by «page name»."""
    return {
        "key": of.draft,
        "announcement key": of.news,
        "channel": "email",
        "code": "x", "file": of.file, "number": of.person.pk, "pupil": of.pupil.pk,
        "guardian": of.person.pk, "address": of.address.pk, "first": of.person.pk, "second": of.twin.pk,
        "name": "email", "kind": "people", "form": "csv", "what": "close", "token": of.table(),
        "approval number": of.asked.pk, "announcement number": of.copy.pk,
        "group number": of.place.group_id, "place number": of.place.pk, "staff number": of.teacher.pk,
    }

def path_of(address: Address, places: Mapping[str, Any]) -> str:
    kind = address.name.partition("-")[0]
    return reverse(address.name, kwargs={n: places.get(f"{kind} {n}", places.get(n, 1)) for n in address.takes})

OWN = [one for one in every_address() if hasattr(one.view, "right")]

def asked(client, path):
    with transaction.atomic():
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(path)
            if answer.streaming: answer.getvalue()
        transaction.set_rollback(True)
    q = [one["sql"] for one in seen.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
    return answer, q

def test_probe(own_settings: Write, settings: Any, tmp_path: Path):
    import os
    from broadcaster.playground import TOKENS
    settings.FILE_FOLDER = tmp_path / "files"
    settings.IMPORT_FOLDER = tmp_path / "imports"
    own_settings(SETTINGS)
    of = SmallSchool(tmp_path)
    client = of.client
    import json
    def walk():
        p = places_of(of)
        found = {}
        for a in OWN:
            ans, q = asked(client, path_of(a, p))
            if ans.status_code != 405: found[a.name] = (ans.status_code, q)
        return found
    one = walk(); of.grow(); two = walk(); of.grow(); three=walk()
    for n in one:
        print(n, one[n][0], len(one[n][1]), len(two[n][1]), len(three[n][1]), "GROWS" if len(one[n][1]) != len(two[n][1]) or len(three[n][1]) != len(two[n][1]) else "")
    json.dump({n: [one[n], two[n]] for n in one}, open("/tmp/queries.json","w"), ensure_ascii=False, indent=1)
