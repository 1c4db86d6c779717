"""Reports for programs: counts for all, names for those who may see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from broadcaster.domain.scopes import Scope
from broadcaster.domain.states import State
from broadcaster.store.models import Acknowledgement, Guardian
from tests import school
from tests.web.api.desk import diary

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("settings_file"),
]


@pytest.fixture
def news() -> UUID:
    made = school.announcement("1А", released_at=school.NOON)
    reached = school.guardian("Анна Петровна")
    missed = school.guardian("Олег Ким")
    school.copy(school.address(reached, "email"), made, state=State.SENT)
    school.copy(school.address(missed, "email"), made, state=State.FAILED, reason="blocked")
    return made


def report(news: UUID, *scopes: Scope, **query: Any) -> Any:
    return diary(*scopes).get(f"/announcements/{news}/report", **query).json


def test_people_and_channels_are_counted(news: UUID) -> None:
    said = report(news, Scope.REPORTS)
    assert said["people"] == {"all": 2, "reached": 1, "unreached": 1, "acknowledged": 0}
    assert said["channels"] == [{"channel": "email", "total": 2, "decided": 2, "reached": 1}]
    assert (said["complete"], said["waiting"]) == (False, 0)


def test_those_who_have_acknowledged_are_counted(news: UUID) -> None:
    anna = Guardian.objects.get(name="Анна Петровна")
    Acknowledgement.objects.create(
        announcement_id=news, guardian=anna, channel="email", at=school.NOON
    )
    assert report(news, Scope.REPORTS)["people"]["acknowledged"] == 1


def test_reasons_are_told_in_words_too(news: UUID) -> None:
    (missed,) = report(news, Scope.REPORTS)["unreached"]
    assert missed["tries"] == [
        {
            "channel": "email",
            "state": "failed",
            "reason": "blocked",
            "words": "не отправлено: родитель заблокировал нас",
        }
    ]


def test_names_are_not_told_without_the_right_to_see_them(news: UUID) -> None:
    said = report(news, Scope.REPORTS)
    assert said["unreached"][0]["name"] is None
    assert "Олег" not in str(said)


def test_names_are_told_with_it(news: UUID) -> None:
    (missed,) = report(news, Scope.REPORTS, Scope.READ_PEOPLE)["unreached"]
    assert missed["name"] == "Олег Ким"
    assert len(missed["children"]) == 1


def test_the_unreached_come_in_pages(news: UUID) -> None:
    assert report(news, Scope.REPORTS, page=2, per_page=1)["unreached"] == []


def test_a_report_of_nothing_is_refused() -> None:
    said = diary().get("/announcements/0c8f5d0e-1b7a-4b52-9d3f-5f1c2f6f0a11/report")
    assert said.code == "not_found"
