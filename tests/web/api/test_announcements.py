"""Programs create, release and steer announcements; people's stay people's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from broadcaster.contract import DataClass
from broadcaster.domain.scopes import Scope
from broadcaster.domain.states import State
from broadcaster.store.models import Announcement, AuditEntry, Delivery, Revision
from tests import school
from tests.web.api.desk import EXCURSION, diary

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("school_1a"),
]


def later(**more: float) -> str:
    return (datetime.now(UTC) + timedelta(**more)).isoformat()


def test_a_draft_is_kept_and_nothing_leaves() -> None:
    said = diary().post("/announcements", EXCURSION)
    assert (said.status, said.json["stage"]) == (201, "draft")
    assert (Delivery.objects.count(), Revision.objects.get().title) == (0, "Экскурсия")


def test_who_made_it_shows() -> None:
    said = diary(name="Электронный дневник").post("/announcements", EXCURSION)
    assert (said.json["author"], said.json["by_program"]) == ("Электронный дневник", True)


def test_the_audit_log_names_the_token() -> None:
    made = diary(name="Сайт").post("/announcements", EXCURSION | {"release": True}).json
    entries = AuditEntry.objects.filter(subject=made["id"]).order_by("pk")
    assert [(one.actor, one.action) for one in entries] == [
        ("Сайт", "draft_made"),
        ("Сайт", "released"),
    ]


def test_a_release_makes_the_copies() -> None:
    program = diary()
    key = program.post("/announcements", EXCURSION).json["id"]
    said = program.post(f"/announcements/{key}/release")
    assert (said.status, said.json["stage"]) == (200, "released")
    assert list(Delivery.objects.values_list("state", flat=True)) == [State.QUEUED]


def test_a_worker_is_woken_after_the_release(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        diary().post("/announcements", EXCURSION | {"release": True})
    assert [callback.__name__ for callback in callbacks] == ["ring_for_release"]


def test_a_second_release_sends_nothing_twice() -> None:
    program = diary()
    key = program.post("/announcements", EXCURSION | {"release": True}).json["id"]
    said = program.post(f"/announcements/{key}/release")
    assert (said.status, said.code) == (409, "already_released")
    assert Delivery.objects.count() == 1


def test_releasing_at_creation_needs_that_scope() -> None:
    said = diary(Scope.WRITE).post("/announcements", EXCURSION | {"release": True})
    assert (said.status, Announcement.objects.count()) == (403, 0)


def test_a_time_alone_is_only_a_wish() -> None:
    diary(Scope.WRITE).post("/announcements", EXCURSION | {"release_at": later(hours=2)})
    assert Announcement.objects.get().release_at is None


def test_a_time_and_release_schedule_it() -> None:
    wanted = later(hours=2)
    sent = EXCURSION | {"release_at": wanted, "release": True}
    said = diary().post("/announcements", sent)
    assert said.json["stage"] == "scheduled"
    assert Announcement.objects.get().release_at == datetime.fromisoformat(wanted)
    assert AuditEntry.objects.filter(action="scheduled").count() == 1


def test_what_is_scheduled_cannot_be_released_again() -> None:
    program = diary()
    sent = EXCURSION | {"release_at": later(hours=2), "release": True}
    key = program.post("/announcements", sent).json["id"]
    assert program.post(f"/announcements/{key}/release").status == 409


def test_people_are_reached_beside_groups() -> None:
    person = school.guardian("Олег Ким", groups=("2Б",), email="oleg@example.org")
    sent = EXCURSION | {"groups": [], "people": [person.pk], "release": True}
    assert diary().post("/announcements", sent).status == 201
    assert [copy.guardian_id for copy in Delivery.objects.all()] == [person.pk]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"title": ""}, "body.title"),
        ({"title": " \u200b"}, "body.title"),
        ({"title": "а" * 201}, "body.title"),
        ({"title": "{{ ребёнок }}"}, "body.title"),
        ({"title": 7}, "body.title"),
        ({"body": "\n"}, "body.body"),
        ({"body": "{{ кто }}"}, "body.body"),
        ({"importance": "huge"}, "body.importance"),
        ({"groups": ["9Я"]}, "body.groups"),
        ({"groups": [], "people": []}, "body.groups"),
        ({"groups": "1А"}, "body.groups"),
        ({"people": [10**18]}, "body.people"),
        ({"people": [10**30]}, "body.people.0"),
        ({"people": ["7"]}, "body.people.0"),
        ({"people": [True]}, "body.people.0"),
        ({"channels": ["icq"]}, "body.channels"),
        ({"release_at": "завтра"}, "body.release_at"),
        ({"release_at": "2026-12-01T18:30:00"}, "body.release_at"),
        ({"release_at": "0001-01-01T00:00:00+14:00"}, "body.release_at"),
        ({"release_at": 1}, "body.release_at"),
        ({"release_at": "2020-01-01T00:00:00Z"}, "body.release_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "body.expires_at"),
        ({"release": "yes"}, "body.release"),
        ({"headline": "Экскурсия"}, "body.headline"),
    ],
)
def test_a_mistake_is_told_with_its_place(change: dict[str, Any], place: str) -> None:
    said = diary().post("/announcements", EXCURSION | change)
    assert (said.status, said.code) == (422, "invalid")
    assert place in said.places
    assert Announcement.objects.count() == 0


def test_every_mistake_is_told_at_once() -> None:
    said = diary().post("/announcements", {"title": "", "importance": "huge", "x": 1})
    assert set(said.places) == {"body.title", "body.body", "body.importance", "body.x"}


def test_what_is_told_is_russian() -> None:
    said = diary().post("/announcements", {"title": 1})
    texts = [one["detail"] for one in said.json["errors"]] + [said.json["title"]]
    assert all(any("а" <= letter <= "я" for letter in text) for text in texts)


def test_a_text_nobody_would_get_is_not_released() -> None:
    school.group("Пустая")
    said = diary().post("/announcements", EXCURSION | {"groups": ["Пустая"], "release": True})
    assert (said.status, said.places) == (422, ["body.groups"])
    assert Announcement.objects.count() == 0


def test_what_does_not_fit_databases_is_cleaned_away() -> None:
    said = diary().post("/announcements", EXCURSION | {"body": "Завтра\x00 в музей"})
    assert (said.status, Revision.objects.get().body) == (201, "Завтра в музей")


@pytest.mark.parametrize(("verb", "state"), [("pause", State.HELD), ("cancel", State.CANCELLED)])
def test_what_waits_can_be_stopped(verb: str, state: State) -> None:
    program = diary()
    key = program.post("/announcements", EXCURSION | {"release": True}).json["id"]
    said = program.post(f"/announcements/{key}/{verb}")
    assert (said.status, said.json["copies"]) == (200, 1)
    assert Delivery.objects.get().state == state


def test_what_was_paused_goes_on() -> None:
    program = diary()
    key = program.post("/announcements", EXCURSION | {"release": True}).json["id"]
    program.post(f"/announcements/{key}/pause")
    said = program.post(f"/announcements/{key}/resume")
    assert (said.json["copies"], Delivery.objects.get().state) == (1, State.QUEUED)


@pytest.mark.parametrize("verb", ["release", "pause", "resume", "cancel"])
def test_what_people_wrote_is_theirs_to_steer(verb: str) -> None:
    made = school.announcement("1А")
    said = diary().post(f"/announcements/{made}/{verb}")
    assert (said.status, said.code) == (404, "not_found")
    assert Announcement.objects.get().cancelled_at is None


@pytest.mark.parametrize("verb", ["release", "pause", "resume", "cancel"])
def test_what_is_not_there_is_told(verb: str) -> None:
    assert diary().post(f"/announcements/{uuid4()}/{verb}").code == "not_found"


def test_the_newest_come_first_in_pages() -> None:
    program = diary()
    titles = ["Первое", "Второе", "Третье"]
    for title in titles:
        program.post("/announcements", EXCURSION | {"title": title})
    first = program.get("/announcements", per_page=2).json
    second = program.get("/announcements", per_page=2, page=2).json
    shown = [one["title"] for one in first["items"] + second["items"]]
    assert (shown, first["total"]) == (titles[::-1], 3)


@pytest.mark.parametrize("query", [{"page": 0}, {"page": "x"}, {"per_page": 201}, {"page": 10**9}])
def test_a_strange_page_is_told(query: dict[str, Any]) -> None:
    assert diary().get("/announcements", **query).status == 422


def test_a_list_asks_the_same_number_of_questions(django_assert_max_num_queries: Any) -> None:
    program = diary()
    for _ in range(5):
        program.post("/announcements", EXCURSION)
    with django_assert_max_num_queries(6):
        program.get("/announcements")


def test_without_reports_only_programs_announcements_are_seen() -> None:
    school.announcement("1А", released_at=school.NOON)
    assert diary(Scope.WRITE).get("/announcements").json["total"] == 0


def test_with_reports_released_ones_are_seen_and_drafts_of_people_are_not() -> None:
    school.announcement("1А", released_at=school.NOON)
    school.announcement("1А")
    assert diary(Scope.REPORTS).get("/announcements").json["total"] == 1


@pytest.mark.parametrize(
    ("scopes", "title"),
    [((Scope.REPORTS,), None), ((Scope.REPORTS, Scope.READ_PEOPLE), "Пете К. к врачу")],
)
def test_a_title_that_names_somebody_needs_the_right_to_see_names(
    scopes: tuple[Scope, ...], title: str | None
) -> None:
    key = school.announcement(
        "1А", title="Пете К. к врачу", released_at=school.NOON, data_class=DataClass.PERSONAL
    )
    assert diary(*scopes).get(f"/announcements/{key}").json["title"] == title
