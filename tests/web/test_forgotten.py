"""A forgotten password, in a school that has mail: the link comes from a real mail server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from threading import enumerate as threads
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from broadcaster.bootstrap import office
from broadcaster.cli.playground import Playground, playground
from broadcaster.store.models import Staff
from broadcaster.web.invitations import WRITING
from tests.cli.desk import wait_for
from tests.web.staff import administrator, member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

CONFIG = """
school: {{name: Школа № 5, public_url: "https://news.school.example/"}}
channels:
  email: {{enabled: true, host: 127.0.0.1, port: {port}, security: none}}
"""


@pytest.fixture(scope="module")
def platforms() -> Iterator[Playground]:
    """The sandbox platforms; only mail is asked."""
    with playground() as running:
        yield running


@pytest.fixture
def inbox(platforms: Playground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The mailboxes of a school whose mail is switched on."""
    file = tmp_path / "school.yaml"
    file.write_text(CONFIG.format(port=platforms.mail.base_url.rpartition(":")[2]), "utf-8")
    monkeypatch.setenv("BROADCASTER_CONFIG", str(file))
    office.cache_clear()
    yield platforms.mail.inbox
    written()
    office.cache_clear()


def written() -> None:
    """Wait until no letter is under way."""
    wait_for(lambda: all(thread.name != WRITING for thread in threads()))


@pytest.fixture
def person() -> Staff:
    """A teacher whose login is not her address."""
    someone = member(name="Мария Ивановна")
    User.objects.filter(pk=someone.user_id).update(username="maria", email="maria@home.example")
    someone.user.refresh_from_db()
    return someone


def ask(login: str) -> str:
    answer = Client().post("/account/forgotten", {"login": login})
    return str(answer.content.decode())


def letters(inbox: Any, to: str) -> list[Any]:
    return [one for one in inbox.all() if one.address == to]


def test_the_link_comes_to_her_own_address_and_works(inbox: Any, person: Staff) -> None:
    ask("maria")
    (letter,) = wait_for(lambda: letters(inbox, "maria@home.example"))
    link = re.search(r"https://news\.school\.example(/account/welcome/\S+)", letter.text)
    assert link is not None
    assert Client().get(link[1]).status_code == 302


def test_the_answer_is_the_same_for_everybody(inbox: Any, person: Staff) -> None:
    def without_token(page: str) -> str:
        return re.sub(r'"X-CSRFToken": "\w+"', "", page)

    assert without_token(ask("maria")) == without_token(ask("nobody@home.example"))


def test_a_closed_account_gets_no_letter(inbox: Any, person: Staff) -> None:
    User.objects.filter(pk=person.user_id).update(is_active=False, email="shut@home.example")
    ask("maria")
    written()
    assert letters(inbox, "shut@home.example") == []


def test_nobodys_mailbox_is_filled(inbox: Any, person: Staff) -> None:
    User.objects.filter(pk=person.user_id).update(email="full@home.example")
    for _ in range(6):
        ask("maria")
    written()
    assert len(letters(inbox, "full@home.example")) == 3


def test_an_administrator_sends_a_link_by_mail(inbox: Any, person: Staff) -> None:
    User.objects.filter(pk=person.user_id).update(email="invited@home.example")
    client = administrator()
    path = f"/settings/staff/{person.pk}/link"
    page = client.post(path, {"mail": "1"}, follow=True).content.decode()
    assert "Письмо со ссылкой отправлено: invited@home.example" in page
    assert "/account/welcome/" not in page
    wait_for(lambda: letters(inbox, "invited@home.example"))
