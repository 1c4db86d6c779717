"""Families changed on the screens: by whom, how, and what is told when it cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from broadcaster.domain.reasons import AddressState
from broadcaster.domain.states import State
from broadcaster.services.people.family import pupil_fingerprint
from broadcaster.store.models import (
    Address,
    AuditEntry,
    Destination,
    Group,
    Guardian,
    Pupil,
)
from tests import school
from tests.web.family_pages import page, post, shown, with_seen
from tests.web.staff import auditor, teacher

pytestmark = [pytest.mark.database, pytest.mark.django_db]


CHANGES = [
    "new/",
    "{person}/name/",
    "{person}/children/new/",
    "{person}/addresses/new/",
    "{person}/addresses/{address}/",
    "{person}/addresses/{address}/consent/",
    "{person}/addresses/{address}/remove/",
    "{person}/addresses/{address}/close/",
    "{person}/children/{child}/part/",
    "{person}/export/",
    "{person}/erase/",
    "children/{child}/",
    "children/{child}/remove/",
    "children/merge/{child}/{child}/",
    "groups/new/",
    "groups/{group}/name/",
    "groups/{group}/remove/",
    "places/new/",
    "import/",
    "doubles/",
    "merge/{person}/{person}/",
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("who", [teacher, auditor])
def test_only_who_may_edit_people_comes_to_a_change(anna: Guardian, change: str, who: Any) -> None:
    url = "/people/" + change.format(
        person=anna.pk,
        address=anna.addresses.get(channel="vk").pk,
        child=anna.pupils.get().pk,
        group=school.group("1А").pk,
    )
    client = who()
    assert {client.get(url).status_code, client.post(url).status_code} == {403}
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("who", [teacher, auditor])
def test_who_may_not_edit_sees_no_button(anna: Guardian, who: Any) -> None:
    text = shown(who(), page(anna))
    assert "Анна Королёва" in text
    assert "Добавить адрес" not in text
    assert "Стереть" not in text


def test_a_stranger_is_asked_who_he_is(anna: Guardian) -> None:
    assert Client().get(page(anna)).status_code == 302


def test_a_parent_is_written_down_with_a_child(office_: Client) -> None:
    values = {"name": "  Анна   Петрова ", "child": "Маша П.", "groups": [school.group("1А").pk]}
    response = post(office_, "/people/new/", **values)
    made = Guardian.objects.get()
    assert (response.status_code, response["Location"]) == (302, page(made))
    assert (made.name, made.pupils.get().name) == ("Анна Петрова", "Маша П.")


def test_mistakes_come_beside_their_fields_and_lose_nothing(office_: Client) -> None:
    text = post(office_, "/people/new/", name="Анна Петрова", child="").content.decode()
    assert 'value="Анна Петрова"' in text
    assert "Отметьте хотя бы одну группу." in text
    assert not Guardian.objects.exists()


@pytest.mark.parametrize("name", ["А\u200bнна", "Анна\x07", "x" * 121, " "])
def test_a_name_that_cannot_be_is_refused(office_: Client, anna: Guardian, name: str) -> None:
    response = post(office_, f"{page(anna)}name/", **with_seen(anna, name=name))
    anna.refresh_from_db()
    assert (response.status_code, anna.name) == (200, "Анна Королёва")


def test_a_name_is_changed(office_: Client, anna: Guardian) -> None:
    post(office_, f"{page(anna)}name/", **with_seen(anna, name="Анна Щукина"))
    anna.refresh_from_db()
    assert anna.name == "Анна Щукина"


def test_two_people_at_one_form_do_not_overwrite_each_other(
    office_: Client, anna: Guardian
) -> None:
    first = with_seen(anna, name="Анна Первая")
    second = with_seen(anna, name="Анна Вторая")
    post(office_, f"{page(anna)}name/", **first)
    text = post(office_, f"{page(anna)}name/", **second).content.decode()
    anna.refresh_from_db()
    assert anna.name == "Анна Первая"
    assert "кто-то изменил эти сведения" in text
    assert 'value="Анна Вторая"' in text
    post(office_, f"{page(anna)}name/", **with_seen(anna, name="Анна Вторая"))
    anna.refresh_from_db()
    assert anna.name == "Анна Вторая"


def test_a_form_without_a_fingerprint_writes_nothing(office_: Client, anna: Guardian) -> None:
    post(office_, f"{page(anna)}name/", name="Анна Щукина")
    anna.refresh_from_db()
    assert anna.name == "Анна Королёва"


def test_an_address_is_spelled_as_its_channel_does(office_: Client, anna: Guardian) -> None:
    values = {"channel": "vk", "value": "https://vk.com/id1900000777"}
    post(office_, f"{page(anna)}addresses/new/", **with_seen(anna, **values))
    assert anna.addresses.filter(channel="vk", value="1900000777", consent_on=None).exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"channel": "email", "value": "anna"}, "Это не адрес канала"),
        ({"channel": "vk", "value": "vk.com/club777"}, "стены и беседы не подойдут"),
        ({"channel": "telegram", "value": "@anna"}, "ни @имя, ни номер группы"),
        ({"channel": "nonsense", "value": "1"}, "nonsense"),
        ({"channel": "email", "value": "anna@example.org"}, "уже записан"),
        ({"channel": "email", "value": "b@example.org", "consent_on": "2999-01-01"}, "не наступил"),
        ({"channel": "email", "value": "b@example.org", "consent_on": "вчера"}, "Это не дата"),
        ({"channel": "email", "value": "b@x.org", "consent_source": "анкета"}, "день согласия"),
        ({"channel": "email", "value": "b@x.org", "consent_on": "2026-01-01"}, "откуда известно"),
    ],
)
def test_a_wrong_address_is_told_and_not_written(
    office_: Client, anna: Guardian, values: dict[str, str], words: str
) -> None:
    url = f"{page(anna)}addresses/new/"
    response = post(office_, url, **with_seen(anna, **values))
    assert response.status_code == 200
    assert words in response.content.decode()
    assert anna.addresses.count() == 2


@pytest.mark.parametrize(
    ("act", "column", "value"),
    [
        ("close", "state", AddressState.CLOSED),
        ("open", "state", AddressState.OPEN),
        ("first", "preference", 0),
    ],
)
def test_a_button_beside_an_address_does_one_thing(
    office_: Client, anna: Guardian, act: str, column: str, value: object
) -> None:
    address = anna.addresses.get(channel="vk")
    post(office_, f"{page(anna)}addresses/{address.pk}/{act}/", **with_seen(anna))
    address.refresh_from_db()
    assert getattr(address, column) == value


def test_a_consent_is_withdrawn_and_recorded(office_: Client, anna: Guardian) -> None:
    address = anna.addresses.get(channel="vk")
    url = f"{page(anna)}addresses/{address.pk}/"
    post(office_, f"{url}withdraw/", **with_seen(anna))
    address.refresh_from_db()
    assert address.consent_withdrawn_at is not None
    consent = {"consent_on": "2026-10-01", "consent_source": "заявление"}
    post(office_, f"{url}consent/", **with_seen(anna, **consent))
    address.refresh_from_db()
    assert (address.consent_withdrawn_at, address.consent_source) == (None, "заявление")


def test_a_button_pressed_too_late_changes_nothing(office_: Client, anna: Guardian) -> None:
    address = anna.addresses.get(channel="vk")
    late = with_seen(anna)
    Address.objects.filter(channel="email").delete()
    url = f"{page(anna)}addresses/{address.pk}/close/"
    response = office_.post(url, late, follow=True)
    assert "кто-то изменил эти сведения" in response.content.decode()
    address.refresh_from_db()
    assert address.state == AddressState.OPEN


def test_an_address_is_removed_after_asking(office_: Client, anna: Guardian) -> None:
    url = f"{page(anna)}addresses/{anna.addresses.get(channel='vk').pk}/remove/"
    assert "Удалить адрес 1900000001?" in shown(office_, url)
    assert anna.addresses.count() == 2
    post(office_, url, **with_seen(anna))
    assert anna.addresses.get().channel == "email"


def test_an_address_is_mended(office_: Client, anna: Guardian) -> None:
    address = anna.addresses.get(channel="email")
    values = with_seen(anna, value="Anna@Example.com", keeps_consent="on")
    post(office_, f"{page(anna)}addresses/{address.pk}/", **values)
    address.refresh_from_db()
    assert address.value.lower() == "anna@example.com"
    assert address.consent_on is not None


def test_an_address_is_not_mended_into_a_place(office_: Client, anna: Guardian) -> None:
    address = anna.addresses.get(channel="vk")
    values = with_seen(anna, value="wall-777", keeps_consent="on")
    response = post(office_, f"{page(anna)}addresses/{address.pk}/", **values)
    assert "стены и беседы не подойдут" in response.content.decode()
    assert anna.addresses.get(channel="vk").value == address.value


def test_anothers_address_is_not_found_under_a_person(
    office_: Client, anna: Guardian, boris: Guardian
) -> None:
    address = anna.addresses.get(channel="vk").pk
    for tail in ("", "consent/", "remove/", "close/"):
        url = f"{page(boris)}addresses/{address}/{tail}"
        assert post(office_, url, **with_seen(boris, value="1", consent_on="2026-01-01",
                                              consent_source="x")).status_code == 404  # fmt: skip


def test_an_unknown_button_is_not_found(office_: Client, anna: Guardian) -> None:
    address = anna.addresses.get(channel="vk").pk
    url = f"{page(anna)}addresses/{address}/explode/"
    assert post(office_, url, **with_seen(anna)).status_code == 404


def test_a_child_is_added_changed_parted_and_removed(office_: Client, anna: Guardian) -> None:
    group = school.group("3В").pk
    post(office_, f"{page(anna)}children/new/", **with_seen(anna, name="Сеня", groups=[group]))
    child = Pupil.objects.get(name="Сеня")
    url = f"/people/children/{child.pk}/"
    seen = pupil_fingerprint(child.pk)
    post(office_, url, name="Семён К.", groups=[group], seen=seen)
    child.refresh_from_db()
    assert child.name == "Семён К."
    post(office_, f"{page(anna)}children/{child.pk}/part/", **with_seen(anna))
    assert not child.guardians.exists()
    post(office_, f"{url}remove/", seen=pupil_fingerprint(child.pk))
    assert not Pupil.objects.filter(pk=child.pk).exists()


def test_a_child_that_has_left_school_stays_in_the_act_of_before(
    office_: Client, anna: Guardian
) -> None:
    child = anna.pupils.get()
    news = school.announcement("1А", released_at=school.NOON)
    url = f"/people/children/{child.pk}/"
    post(office_, url, name=child.name, seen=pupil_fingerprint(child.pk))
    assert not child.groups.exists()
    assert child.name in shown(office_, f"/announcements/{news}/act")
    assert "исчезнет и из отчётов" in shown(office_, url)


def test_a_group_is_made_named_and_removed(office_: Client) -> None:
    post(office_, "/people/groups/new/", name="5Г")
    made = Group.objects.get()
    post(office_, f"/people/groups/{made.pk}/name/", name="5Д", seen="5Г")
    made.refresh_from_db()
    assert made.name == "5Д"
    post(office_, f"/people/groups/{made.pk}/remove/")
    assert not Group.objects.exists()
    assert [entry.facts["what"] for entry in AuditEntry.objects.order_by("pk")] == [
        "added", "renamed", "removed"
    ]  # fmt: skip


def test_a_group_named_like_another_is_refused(office_: Client) -> None:
    school.group("1А")
    text = post(office_, "/people/groups/new/", name="1a").content.decode()
    assert "Такая группа уже есть" in text
    assert Group.objects.count() == 1


@pytest.mark.parametrize("url", ["/people/groups/new/", "/people/groups/{group}/name/"])
def test_a_group_is_not_named_with_a_comma_which_parts_groups_in_tables(
    office_: Client, url: str
) -> None:
    group = school.group("Хор")
    text = post(office_, url.format(group=group.pk), seen="Хор", name="Хор, младший")
    assert "запятой" in text.content.decode()
    assert [one.name for one in Group.objects.all()] == ["Хор"]


def test_a_group_with_children_says_what_holds_it(office_: Client, anna: Guardian) -> None:
    group = anna.pupils.get().groups.get()
    school.announcement("1А")
    assert "ребёнок состоит" in shown(office_, f"/people/groups/{group.pk}/name/")
    post(office_, f"/people/groups/{group.pk}/remove/")
    assert Group.objects.filter(pk=group.pk).exists()


def test_a_place_is_made_changed_closed_and_removed(office_: Client) -> None:
    values = {"title": "Страница 1А", "channel": "site", "value": "1a", "group": school.group().pk}
    post(office_, "/people/places/new/", **values, data_class="0")
    made = Destination.objects.get()
    url = f"/people/places/{made.pk}/"
    seen = f"{made.group_id}|site|1a|Страница 1А|0"
    post(office_, url, **(values | {"title": "Новости 1А"}), data_class="1", seen=seen)
    made.refresh_from_db()
    assert (made.title, made.data_class) == ("Новости 1А", 1)
    post(office_, f"{url}close/")
    made.refresh_from_db()
    assert made.state == AddressState.CLOSED
    post(office_, f"{url}remove/")
    assert not Destination.objects.exists()


def test_a_place_with_a_history_stays(office_: Client) -> None:
    made = school.destination("site", "feed", of=None)
    school.copy(made, state=State.SENT)
    response = office_.post(f"/people/places/{made.pk}/remove/", follow=True)
    assert "нужна отчётам" in response.content.decode()
    assert Destination.objects.exists()


@pytest.mark.parametrize(
    "other", [{"channel": "telegram", "value": "-1001234567890"}, {"group": ""}]
)
def test_a_place_with_a_history_stays_with_its_channel_and_its_group(
    office_: Client, other: dict[str, str]
) -> None:
    made = school.destination("site", "1a", title="Страница 1А", data_class=0)
    waiting = school.copy(made, state=State.HELD)
    values = {"title": made.title, "channel": "site", "value": "1a", "group": made.group_id}
    seen = f"{made.group_id}|site|1a|Страница 1А|0"
    url = f"/people/places/{made.pk}/"
    text = post(office_, url, **(values | other), data_class="0", seen=seen).content.decode()
    assert "запишите новую" in text
    waiting.refresh_from_db()
    assert waiting.destination == made


def test_what_waits_goes_to_a_places_new_address_as_a_whole(office_: Client) -> None:
    made = school.destination("telegram", "-1001", title="Чат 1А", data_class=0)
    waiting = school.copy(made, state=State.DEFERRED, parts=[[0, {"message_id": 1}]])
    values = {"title": made.title, "channel": "telegram", "value": "-1002"}
    seen = f"{made.group_id}|telegram|-1001|Чат 1А|0"
    url = f"/people/places/{made.pk}/"
    post(office_, url, **values, group=made.group_id, data_class="0", seen=seen)
    waiting.refresh_from_db()
    assert waiting.parts == []


@pytest.mark.parametrize("of", ["1А", None])
def test_a_place_is_written_down_once(office_: Client, of: str | None) -> None:
    school.destination("site", "feed", of=of)
    group = school.group().pk if of else ""
    values = {"title": "Ещё раз", "channel": "site", "value": "feed", "group": group}
    text = post(office_, "/people/places/new/", **values, data_class="0").content.decode()
    assert "уже есть" in text
    assert Destination.objects.count() == 1


def test_a_places_form_made_before_anothers_change_writes_nothing(office_: Client) -> None:
    made = school.destination("site", "feed", of=None, title="Было", data_class=0)
    values = {"title": "Стало", "channel": "site", "value": "feed", "group": "", "data_class": "0"}
    text = post(office_, f"/people/places/{made.pk}/", **values, seen="x").content.decode()
    made.refresh_from_db()
    assert "кто-то изменил" in text
    assert made.title == "Было"
