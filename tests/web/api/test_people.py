"""Families come in from the diary, checked like an imported table."""

from __future__ import annotations

from typing import Any

import pytest

from broadcaster.store.models import Address, AuditEntry, Group, Guardian
from tests import school
from tests.web.api.desk import Answer, diary

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("settings_file"),
]

ANNA: dict[str, Any] = {
    "groups": ["1А"],
    "pupil": "Маша С.",
    "guardian": "Анна Петровна Сергеева",
    "addresses": {"email": "anna@example.org"},
    "prefers": "email",
    "consent": "2026-09-01",
    "consent_source": "анкета",
}


def pushed(*people: dict[str, Any], path: str = "/people") -> Answer:
    return diary(name="Дневник").put(path, {"people": list(people)})


def test_a_family_comes_in() -> None:
    said = pushed(ANNA)
    assert (said.status, said.json["applied"]) == (200, True)
    assert said.json["counts"]["guardians"] == {"new": 1, "changed": 0, "unchanged": 0}
    address = Address.objects.get()
    assert (address.value, address.consent_source) == ("anna@example.org", "анкета")


def test_pushing_again_changes_nothing() -> None:
    pushed(ANNA)
    counts = pushed(ANNA).json["counts"].values()
    assert {(one["new"], one["changed"]) for one in counts} == {(0, 0)}


def test_a_dry_run_only_looks() -> None:
    said = pushed(ANNA, path="/people?dry_run=true")
    assert (said.status, said.json["applied"]) == (200, False)
    assert said.json["counts"]["guardians"]["new"] == 1
    assert Guardian.objects.count() == 0


def test_a_misspelt_dry_run_does_not_write() -> None:
    said = pushed(ANNA, path="/people?dryrun=true")
    assert (said.status, said.places) == (422, ["query.dryrun"])
    assert Guardian.objects.count() == 0


def test_who_is_not_sent_stays() -> None:
    school.guardian("Олег Ким", email="oleg@example.org")
    pushed(ANNA)
    assert Guardian.objects.count() == 2


def test_every_mistake_is_told_with_index_and_field_and_nobody_comes_in() -> None:
    said = pushed(
        ANNA,
        ANNA | {"addresses": {"email": "не адрес"}, "prefers": ""},
        ANNA | {"consent": "вчера"},
        ANNA | {"prefers": "telegram"},
        ANNA | {"addresses": {"icq": "7"}, "prefers": ""},
    )
    assert (said.status, said.code) == (422, "people_refused")
    assert set(said.places) == {
        "body.people.1.addresses.email",
        "body.people.2.consent",
        "body.people.3.prefers",
        "body.people.4.addresses.icq",
    }
    assert Guardian.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"groups": []}, "body.people.0.groups"),
        ({"groups": ["1А,2Б"]}, "body.people.0.groups.0"),
        ({"pupil": "Ма\x00ша"}, "body.people.0.pupil"),
        ({"guardian": "Анна\u200b"}, "body.people.0.guardian"),
        ({"guardian": " "}, "body.people.0.guardian"),
        ({"consent_source": "а" * 200}, "body.people.0.consent_source"),
        ({"consent": ""}, "body.people.0.consent"),
        ({"adress": {}}, "body.people.0.adress"),
        ({"addresses": {"email": 7}}, "body.people.0.addresses.email"),
        ({"addresses": {"\x00": "x"}}, "body.people.0.addresses.\x00"),
    ],
)
def test_a_mistake_is_told_with_its_place(change: dict[str, Any], place: str) -> None:
    said = pushed(ANNA | change)
    assert (said.status, place in said.places) == (422, True)


def test_a_consent_without_a_source_names_the_program() -> None:
    pushed(ANNA | {"consent_source": ""})
    assert Address.objects.get().consent_source == "программа Дневник"


def test_a_doubt_is_told_and_stops_nothing() -> None:
    said = pushed(ANNA, ANNA | {"pupil": "Петя К.", "guardian": "Олег Ким"})
    assert (said.status, [one["index"] for one in said.json["warnings"]]) == (200, [1])


def test_an_empty_push_is_refused() -> None:
    assert pushed().places == ["body.people"]


def test_the_audit_log_counts_and_names_nobody() -> None:
    pushed(ANNA)
    entry = AuditEntry.objects.get(action="people_imported")
    assert (entry.actor, "Анна" in str(entry.facts)) == ("Дневник", False)


def test_people_are_listed_without_their_addresses() -> None:
    pushed(ANNA)
    said = diary().get("/people").json
    assert said["items"][0]["name"] == "Анна Петровна Сергеева"
    assert said["items"][0]["children"] == [{"name": "Маша С.", "groups": ["1А"]}]
    assert said["items"][0]["addresses"][0]["channel"] == "email"
    assert "anna@example.org" not in str(said)


def test_a_list_of_people_asks_the_same_number_of_questions(
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(5):
        school.guardian(email=f"{number}@example.org")
    program = diary()
    program.get("/people")
    with django_assert_max_num_queries(7):
        program.get("/people")


def test_groups_are_listed_with_their_pupils() -> None:
    pushed(ANNA)
    said = diary().get("/groups").json
    number = Group.objects.get().pk
    assert said["items"] == [{"id": number, "name": "1А", "pupils": 1}]
