"""One date of the calendar is left out, and given back."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from broadcaster.domain.permissions import Role
from broadcaster.store.models import Occasion
from tests.web.calendar_pages import NEXT, OF_FEW_ITEMS, page
from tests.web.staff import auditor, browser, member, teacher

pytestmark = OF_FEW_ITEMS

YEAR = f"/calendar/{NEXT}/"


@pytest.fixture
def deputy() -> Client:
    """The browser of a deputy head."""
    return browser(member(Role.APPROVER))


SKIP = f"/calendar/items/icicles/{NEXT}-03-01/skip/"
BACK = f"/calendar/items/icicles/{NEXT}-03-01/back/"


def test_leaving_out_is_asked_about_first(deputy: Client) -> None:
    assert "Пропустить 1 марта" in page(deputy.get(SKIP))
    assert not Occasion.objects.exists()


def test_a_deputy_head_leaves_a_date_out(deputy: Client) -> None:
    answer = deputy.post(SKIP)
    assert answer.headers["Location"] == YEAR
    assert Occasion.objects.get().skipped == "by_hand"


def test_and_gives_it_back(deputy: Client) -> None:
    deputy.post(SKIP)
    assert BACK in page(deputy.get(YEAR))
    deputy.post(BACK)
    assert not Occasion.objects.exists()


def test_a_second_click_is_told_that_it_is_late(deputy: Client) -> None:
    deputy.post(SKIP)
    answer = deputy.post(SKIP)
    assert "Поздно" in " ".join(map(str, get_messages(answer.wsgi_request)))


def test_giving_back_what_was_not_left_out_is_told(deputy: Client) -> None:
    answer = deputy.post(BACK)
    assert "Такой даты" in " ".join(map(str, get_messages(answer.wsgi_request)))


@pytest.mark.parametrize(
    "path",
    [
        f"icicles/{NEXT}-03-02/skip/",
        f"nothing/{NEXT}-03-01/skip/",
        "icicles/2026-02-30/skip/",
        "icicles/0001-01-01/skip/",
        "icicles/9999-12-31/skip/",
        "icicles/%00/skip/",
    ],
)
def test_a_date_that_is_none_is_not_found(deputy: Client, path: str) -> None:
    assert deputy.get(f"/calendar/items/{path}").status_code == 404


def test_a_name_with_a_nul_is_not_found(deputy: Client) -> None:
    assert deputy.post(f"/calendar/items/a%00b/{NEXT}-03-01/back/").status_code == 404


@pytest.mark.parametrize("path", [SKIP, BACK])
@pytest.mark.parametrize("who", [teacher, auditor])
def test_who_does_not_approve_leaves_nothing_out(who: object, path: str) -> None:
    assert who().post(path).status_code == 403  # type: ignore[operator]


def test_a_teacher_is_not_offered_to(office_: Client) -> None:
    assert SKIP in page(office_.get(YEAR))
    assert SKIP not in page(teacher().get(YEAR))
