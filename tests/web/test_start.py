"""The first start: one link, three steps, and a door that shuts behind the administrator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from broadcaster.config import load
from broadcaster.domain.permissions import Role
from broadcaster.services.audit import Action
from broadcaster.services.first_start import AlreadyStarted, make_code, opens
from broadcaster.store.models import AuditEntry, SetupCode, Staff
from tests.school import NOON
from tests.web.staff import administrator, teacher

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_settings"),
]

SCHOOL = {
    "name": "Лицей № 5",
    "time_zone": "Asia/Omsk",
    "colour": "#225533",
    "signature": "",
    "public_url": "",
}
ANNA = {
    "name": "Анна Сергеевна",
    "email": "Anna@School.example",
    "password": "верблюд лодка 7",
    "repeated": "верблюд лодка 7",
}


@pytest.fixture
def link() -> str:
    """The link of this start."""
    from datetime import UTC, datetime

    return f"/start/{make_code(now=datetime.now(UTC))}"


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_link_opens_the_first_step(client: Client, link: str) -> None:
    answer = client.get(link)
    assert answer.status_code == 200
    assert "Омск — сейчас" in page(answer)


def test_the_school_is_kept_at_once(client: Client, link: str) -> None:
    answer = client.post(link, SCHOOL)
    assert answer.headers["Location"] == f"{link}/administrator"
    school = load().school
    assert (school.name, str(school.time_zone), school.colour) == (
        "Лицей № 5", "Asia/Omsk", "#225533",
    )  # fmt: skip


def test_going_back_to_the_first_step_shows_what_was_filled_in(client: Client, link: str) -> None:
    client.post(link, SCHOOL)
    assert 'value="Лицей № 5"' in page(client.get(link))


def test_a_mistake_in_the_first_step_loses_nothing(client: Client, link: str) -> None:
    answer = client.post(link, SCHOOL | {"public_url": "лицей"})
    assert 'value="Лицей № 5"' in page(answer)
    assert "https://" in page(answer)
    assert load().school.name == "Школа"


def test_the_second_step_makes_an_administrator_who_is_signed_in(client: Client, link: str) -> None:
    answer = client.post(f"{link}/administrator", ANNA)
    assert answer.headers["Location"] == "/start/channels"
    assert client.get("/start/channels").status_code == 200
    staff = Staff.objects.get()
    assert (staff.role, staff.name, staff.user.username) == (
        Role.ADMINISTRATOR, "Анна Сергеевна", "anna@school.example",
    )  # fmt: skip


def test_the_password_is_kept_as_a_digest(client: Client, link: str) -> None:
    client.post(f"{link}/administrator", ANNA)
    assert User.objects.get().password.startswith("argon2")


def test_the_first_account_is_in_the_audit_log(client: Client, link: str) -> None:
    client.post(f"{link}/administrator", ANNA)
    entry = AuditEntry.objects.get(action=Action.STAFF_INVITED)
    assert (entry.actor, entry.facts) == ("Анна Сергеевна", {"first": True})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"repeated": "другой пароль"}, "Пароли не совпадают"),
        ({"password": "1234567890", "repeated": "1234567890"}, "Пароль"),
        ({"password": "короткий", "repeated": "короткий"}, "короткий"),
        ({"email": "анна"}, "адрес"),
    ],
)
def test_a_bad_account_is_refused_with_words(
    client: Client, link: str, change: dict[str, str], words: str
) -> None:
    answer = client.post(f"{link}/administrator", ANNA | change)
    assert words in page(answer)
    assert not Staff.objects.exists()


def test_a_password_is_never_sent_back(client: Client, link: str) -> None:
    answer = client.post(f"{link}/administrator", ANNA | {"repeated": "другой"})
    assert "верблюд" not in page(answer)


def test_going_back_keeps_what_was_filled_in_but_for_the_password(
    client: Client, link: str
) -> None:
    answer = client.post(f"{link}/administrator", {"back": "1", **ANNA, "password": "верблюд"})
    assert answer.headers["Location"] == link
    again = page(client.get(f"{link}/administrator"))
    assert 'value="Анна Сергеевна"' in again
    assert "верблюд" not in again


def test_a_spent_code_opens_nothing(client: Client, link: str) -> None:
    client.post(f"{link}/administrator", ANNA)
    stranger = Client()
    assert stranger.get(link).status_code == 404
    assert stranger.post(f"{link}/administrator", ANNA).status_code == 404
    assert Staff.objects.count() == 1


def test_whoever_has_an_account_is_led_on(client: Client, link: str) -> None:
    client.post(f"{link}/administrator", ANNA)
    assert client.get(link).headers["Location"] == "/start/channels"


def test_a_wrong_code_changes_nothing(client: Client) -> None:
    make_code(now=NOON)
    assert client.post("/start/wrong", SCHOOL).status_code == 404
    assert load().school.name == "Школа"


def test_the_set_up_is_shut_where_there_is_staff(client: Client, link: str) -> None:
    teacher()
    assert client.get(link).status_code == 404


def test_guessing_is_slowed_down(client: Client, link: str) -> None:
    for number in range(20):
        client.post(f"/start/guess{number}", SCHOOL)
    assert client.post("/start/another", SCHOOL).status_code == 429
    assert client.post(link, SCHOOL).status_code == 429


def test_a_new_code_shuts_the_one_before() -> None:
    first, second = make_code(now=NOON), make_code(now=NOON)
    assert (opens(first, now=NOON), opens(second, now=NOON)) == (False, True)


def test_a_code_is_good_for_a_week() -> None:
    code = make_code(now=NOON)
    assert opens(code, now=NOON + timedelta(days=6))
    assert not opens(code, now=NOON + timedelta(days=8))


def test_only_the_digest_of_a_code_is_kept() -> None:
    code = make_code(now=NOON)
    assert code not in str(SetupCode.objects.values_list())


def test_no_code_is_made_where_there_is_staff() -> None:
    teacher()
    with pytest.raises(AlreadyStarted):
        make_code(now=NOON)


@pytest.mark.parametrize("address", ["/start/channels", "/start/done"])
def test_the_last_steps_are_the_administrators(address: str) -> None:
    assert Client().get(address).status_code == 302
    assert teacher().get(address).status_code == 403
    assert administrator().get(address).status_code == 200


def test_the_last_step_offers_the_sandbox() -> None:
    assert "Пока песочница" in page(administrator().get("/start/channels"))


def test_whoever_comes_without_the_link_is_told_where_it_is(client: Client) -> None:
    assert "start-link" in page(client.get("/account/login"))
    teacher()
    assert "start-link" not in page(client.get("/account/login"))
