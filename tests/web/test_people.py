"""The screens about families: who may look, and what they say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadcaster.contract import Reason
from broadcaster.domain.reasons import AddressState
from broadcaster.domain.states import State
from broadcaster.services.audit import SYSTEM
from broadcaster.services.people.addresses import change_address
from broadcaster.store.models import (
    FormerAddress,
    Guardian,
    ToldInPerson,
)
from tests import school
from tests.web.family_pages import page, shown
from tests.web.staff import administrator, teacher

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.mark.parametrize("words", ["КОРОЛЕВА", "anna@", "1900000001"])
@pytest.mark.usefixtures("anna", "boris")
def test_a_family_is_found_by_name_and_address(office_: Client, words: str) -> None:
    text = shown(office_, "/people/", q=words)
    assert "Анна Королёва" in text
    assert "Борис Щукин" not in text


@pytest.mark.usefixtures("anna", "boris")
def test_a_family_is_found_by_group_and_filter(office_: Client) -> None:
    text = shown(office_, "/people/", group=school.group("2Б").pk, only="no_address")
    assert "Борис Щукин" in text
    assert "Анна Королёва" not in text


@pytest.mark.parametrize(
    "query",
    [{"only": "nonsense"}, {"group": "x"}, {"page": "-1"}, {"page": "x"}, {"q": "\x00%_\\"}],
)
@pytest.mark.usefixtures("anna")
def test_nonsense_in_the_address_of_a_page_is_harmless(
    office_: Client, query: dict[str, str]
) -> None:
    shown(office_, "/people/", **query)


@pytest.mark.usefixtures("anna", "boris")
def test_a_teacher_finds_her_own_families_only() -> None:
    text = shown(teacher("1А"), "/people/")
    assert "Анна Королёва" in text
    assert "Борис Щукин" not in text


def test_a_teacher_cannot_open_another_familys_page(anna: Guardian, boris: Guardian) -> None:
    her = teacher("1А")
    assert her.get(page(anna)).status_code == 200
    assert her.get(page(boris)).status_code == 404


def test_a_teacher_does_not_see_a_child_of_another_group(anna: Guardian) -> None:
    anna.pupils.add(school.pupil("Тайна Т.", "9В"))
    assert "Тайна Т." not in shown(teacher("1А"), page(anna))
    assert "Тайна Т." not in shown(teacher("1А"), "/people/")


def test_a_teacher_does_not_see_announcements_of_other_groups(anna: Guardian) -> None:
    address = anna.addresses.get(channel="email")
    for title, group in (("Своё", "1А"), ("Чужое", "2Б")):
        made = school.announcement(group, title=title, released_at=school.NOON)
        school.copy(address, made)
        ToldInPerson.objects.create(announcement_id=made, guardian=anna, by="Завуч", at=school.NOON)
    hers, all_of_it = shown(teacher("1А"), page(anna)), shown(administrator(), page(anna))
    assert "Своё" in hers
    assert "Чужое" not in hers
    assert "Чужое" in all_of_it


def test_a_closed_address_says_since_when_and_why(office_: Client, anna: Guardian) -> None:
    anna.addresses.filter(channel="vk").update(
        state=AddressState.CLOSED, state_reason=Reason.BLOCKED, state_since=school.NOON
    )
    text = shown(office_, page(anna)).replace("\N{NO-BREAK SPACE}", " ")
    assert "закрыт с 20 ноября 2026: родитель заблокировал нас" in text


def test_a_consent_says_when_and_from_where(office_: Client, anna: Guardian) -> None:
    anna.addresses.update(consent_source="анкета на собрании")
    text = shown(office_, page(anna)).replace("\N{NO-BREAK SPACE}", " ")
    assert "Согласие от 1 сентября 2026 — анкета на собрании" in text


def test_copies_of_all_announcements_come_newest_first(office_: Client, anna: Guardian) -> None:
    address = anna.addresses.get(channel="email")
    for number in range(27):
        made = school.announcement("1А", title=f"Весть {number:02}", released_at=school.NOON)
        school.copy(address, made, state=State.SENT, sent_at=school.NOON + timedelta(days=number))
    text = shown(office_, page(anna))
    assert text.index("Весть 26") < text.index("Весть 02")
    assert "Весть 01" not in text
    assert "Весть 01" in shown(office_, page(anna), page=2)


def test_a_copy_is_shown_where_it_went_and_not_where_its_person_is(
    office_: Client, anna: Guardian
) -> None:
    address = anna.addresses.get(channel="email")
    school.copy(address, state=State.SENT, sent_at=school.NOON)
    former = address.value
    change_address(
        anna.pk, address.pk, "new@example.org",
        keeps_consent=True, seen=None, by=SYSTEM, now=school.LATER,
    )  # fmt: skip
    _addresses, copies = shown(office_, page(anna)).split('id="copies"')
    assert former in copies
    assert "new@example.org" not in copies


def test_a_name_is_never_markup(office_: Client) -> None:
    person = school.guardian("<script>alert(1)</script>", email="a@b.org")
    for url in ("/people/", page(person), f"{page(person)}erase/"):
        assert "<script>alert" not in shown(office_, url)


def test_the_unreachable_are_counted_by_group(office_: Client, boris: Guardian) -> None:
    school.guardian("Анна", ("2Б",), email="a@b.org")
    text = shown(office_, "/people/unreachable/")
    assert "Вся школа" in text
    assert f"?only=unreachable&amp;group={school.group('2Б').pk}" in text


def test_a_teacher_sees_the_unreachable_of_her_groups(anna: Guardian, boris: Guardian) -> None:
    text = shown(teacher("1А"), "/people/unreachable/")
    assert "1А" in text
    assert "2Б" not in text
    assert "Вся школа" not in text


def test_a_group_shows_children_parents_and_places(office_: Client, anna: Guardian) -> None:
    school.destination("site", "1a", title="Страница 1А")
    text = shown(office_, f"/people/groups/{school.group('1А').pk}/")
    for words in ("Анна Королёва", anna.pupils.get().name, "Страница 1А"):
        assert words in text


def test_a_teacher_opens_her_groups_only(anna: Guardian, boris: Guardian) -> None:
    her = teacher("1А")
    assert her.get(f"/people/groups/{school.group('1А').pk}/").status_code == 200
    assert her.get(f"/people/groups/{school.group('2Б').pk}/").status_code == 404


def test_a_teacher_sees_places_of_her_groups_and_the_school() -> None:
    school.destination("site", "1a", title="Страница 1А")
    school.destination("site", "2b", of="2Б", title="Страница 2Б")
    school.destination("site", "feed", of=None, title="Новости школы")
    text = shown(teacher("1А"), "/people/places/")
    assert "Страница 1А" in text
    assert "Новости школы" in text
    assert "Страница 2Б" not in text


@pytest.mark.parametrize("url", ["/people/", "/people/groups/", "/people/unreachable/"])
def test_a_list_asks_as_much_of_many_as_of_few(office_: Client, url: str) -> None:
    def some() -> None:
        for number in range(3):
            one = school.guardian(
                groups=("1А", f"{number}Б"), email=f"{Guardian.objects.count()}@x.org"
            )
            one.pupils.add(school.pupil("Ещё", "1А"))

    some()
    with CaptureQueriesContext(connection) as few:
        shown(office_, url)
    some()
    some()
    with CaptureQueriesContext(connection) as many:
        shown(office_, url)
    assert len(many) == len(few)


def test_a_persons_page_asks_as_much_of_many_copies_as_of_few(
    office_: Client, anna: Guardian
) -> None:
    address = anna.addresses.get(channel="email")
    school.copy(address)
    with CaptureQueriesContext(connection) as few:
        shown(office_, page(anna))
    for _ in range(5):
        copy = school.copy(address)
        FormerAddress.objects.create(
            delivery=copy, address=address, value="old@example.org", replaced_at=school.NOON
        )
    anna.pupils.add(school.pupil("Ещё", "1А", "3В"))
    with CaptureQueriesContext(connection) as many:
        shown(office_, page(anna))
    assert len(many) == len(few)
