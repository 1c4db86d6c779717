"""What only the site shows, on the screens: written, saved, shown, and asked for by programs."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.test import Client

from broadcaster.services.drafts import sheet_for
from broadcaster.store.models import Revision, Staff
from tests.web.api.desk import EXCURSION, diary
from tests.web.sheet import HTMX, at, fields, text

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("never_night")]


def details(said: str) -> str:
    """The part of the sheet that opens."""
    found = re.search(r"<details.*?</details>", said, re.DOTALL)
    assert found
    return found[0]


def test_it_is_saved_with_the_sheet(page: Client, author: Staff, draft: UUID) -> None:
    page.post(at(draft), fields("1А", more="Ещё\n\nи ещё"), **HTMX)
    assert sheet_for(author, draft).written.more == "Ещё\n\nи ещё"


def test_an_empty_one_is_folded(page: Client, draft: UUID) -> None:
    said = details(text(page.get(at(draft))))
    assert said.startswith('<details class="field">')
    assert 'name="more"' in said


def test_a_filled_one_is_open_with_its_text(page: Client, draft: UUID) -> None:
    page.post(at(draft), fields("1А", more="Ещё <b>&amp;"))
    said = details(text(page.get(at(draft))))
    assert said.startswith('<details class="field" open>')
    assert "Ещё &lt;b&gt;&amp;amp;</textarea>" in said


def test_one_that_is_too_long_comes_back_filled(page: Client, draft: UUID) -> None:
    said = text(page.post(at(draft), fields("1А", more="я" * 100_001)))
    assert "Дополнение слишком длинное" in details(said)
    assert "я" * 100_001 in said


def test_a_hole_in_it_is_told_with_a_way_to_it(page: Client, draft: UUID) -> None:
    said = text(page.post(at(draft), fields("1А", more="{{ имя }}"), **HTMX))
    assert re.search(r'<a href="[^"]*#more">Дополнение: строка 1', said)


def test_a_conflict_shows_both(page: Client, draft: UUID) -> None:
    page.post(at(draft), fields(more="Из другого окна"))
    said = text(page.post(at(draft), fields(more="Из этого окна")))
    assert '<pre tabindex="0">Из другого окна</pre>' in said
    assert '<pre tabindex="0">Из этого окна</pre>' in said


def test_the_sites_sample_shows_it(page: Client, draft: UUID) -> None:
    page.post(at(draft), fields("1А", more="## Почему"))
    assert "<h3>Почему</h3>" in text(page.get(at(draft, "previews/site")))


@pytest.mark.usefixtures("draft")
def test_a_program_may_send_it() -> None:
    said = diary().post("/announcements", EXCURSION | {"more": "## Почему"})
    assert (said.status, Revision.objects.latest("pk").more) == (201, "## Почему")


@pytest.mark.usefixtures("draft")
def test_a_program_is_told_of_a_hole_in_it() -> None:
    said = diary().post("/announcements", EXCURSION | {"more": "{{ имя }}"})
    assert (said.status, [one["where"] for one in said.json["errors"]]) == (422, ["body.more"])
