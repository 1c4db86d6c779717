"""A class leaves the school: who goes is shown first, and the group's name is typed again."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from broadcaster.domain.states import State
from broadcaster.store.models import Group, Guardian, Pupil
from tests import school
from tests.web.family_pages import post, shown

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def page() -> str:
    """The page of a class: Anna's only child, and one of Boris's two."""
    school.guardian("Анна Королёва", ["11А"], email="anna@example.org")
    school.guardian("Борис Дёмин", ["11А", "3Б"])
    return f"/people/groups/{Group.objects.get(name='11А').pk}/graduate/"


def seen(client: Client, page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', shown(client, page))
    assert found
    return found[1]


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_who_would_leave_is_shown(office_: Client, page: str) -> None:
    text = shown(office_, page)
    assert "2 ребёнка уйдут" in text
    assert "1 родитель, у которого здесь нет других детей</h2> <p>Анна Королёва<" in one_line(text)
    assert "1 родитель останется: здесь учатся их другие дети." in one_line(text)


def test_the_page_of_the_group_leads_there(office_: Client, page: str) -> None:
    assert page in shown(office_, page.replace("graduate", "name"))


def test_the_name_of_the_group_must_be_typed(office_: Client, page: str) -> None:
    about = {"seen": seen(office_, page), "how": "forget"}
    assert "Не совпадает." in post(office_, page, name="11Б", **about).content.decode()
    assert Pupil.objects.count() == 3


def test_a_class_is_forgotten_with_the_parents_who_have_no_other_child(
    office_: Client, page: str
) -> None:
    about = {"seen": seen(office_, page), "how": "forget"}
    response = office_.post(page, {"name": "11а", **about}, follow=True)
    assert "Стёрто детей: 2, родителей: 1." in response.content.decode()
    assert list(Guardian.objects.values_list("name", flat=True)) == ["Борис Дёмин"]
    assert "убирать некого" in shown(office_, page)


def test_a_class_leaves_its_groups_and_stays_on_record(office_: Client, page: str) -> None:
    about = {"seen": seen(office_, page), "how": "leave"}
    response = office_.post(page, {"name": "11А", **about}, follow=True)
    assert "Детей выведено из групп: 2." in response.content.decode()
    assert Guardian.objects.count() == 2
    assert Pupil.objects.count() == 3
    assert not Pupil.objects.filter(groups__name="11А").exists()


def test_leaving_is_offered_first_and_forgetting_must_be_chosen(office_: Client, page: str) -> None:
    text = one_line(shown(office_, page))
    assert re.search(r'value="leave"[^>]* checked', text)
    assert not re.search(r'value="forget"[^>]* checked', text)


def test_who_has_come_meanwhile_is_shown_before_anybody_goes(office_: Client, page: str) -> None:
    before = seen(office_, page)
    school.guardian("Новенькая", ["11А"])
    text = post(office_, page, name="11А", seen=before, how="leave").content.decode()
    assert "в группе что-то изменилось" in text
    assert "3 ребёнка уйдут" in text
    assert seen(office_, page) in text


def test_while_one_of_them_is_written_to_nobody_goes(office_: Client, page: str) -> None:
    anna = Guardian.objects.get(name="Анна Королёва")
    school.copy(anna.addresses.get(), state=State.SENDING)
    about = {"seen": seen(office_, page), "how": "forget"}
    text = post(office_, page, name="11А", **about).content.decode()
    assert "Повторите через минуту." in text
    assert Pupil.objects.count() == 3


def test_a_teacher_cannot_let_a_class_go(teacher_: Client, page: str) -> None:
    assert teacher_.get(page).status_code in {403, 404}
