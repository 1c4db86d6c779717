"""A channel's settings: a key is kept and never shown, and may be tried before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from broadcaster.bootstrap import office
from broadcaster.config import load
from broadcaster.sandbox.server import run_in_thread
from broadcaster.sandbox.telegram import TelegramSandbox
from broadcaster.services.audit import Action
from broadcaster.store.models import AuditEntry
from tests.web.desk import Write
from tests.web.settings_pages import SEEN, TOKEN, key, page
from tests.web.staff import administrator

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_settings"),
]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def platform(own_settings: Write) -> Iterator[TelegramSandbox]:
    """A Telegram of our own, to which the settings point."""
    telegram = TelegramSandbox(TOKEN)
    with run_in_thread(telegram):
        own_settings(f"channels: {{telegram: {{base_url: '{telegram.base_url}'}}}}")
        yield telegram


def test_keeping_a_key_switches_the_channel_on() -> None:
    administrator().post("/settings/channels/telegram", key())
    assert office().outlets["telegram"].config.token.reveal() == TOKEN


def test_a_key_is_never_shown_again() -> None:
    browser = administrator()
    browser.post("/settings/channels/telegram", key())
    assert TOKEN not in page(browser.get("/settings/channels/telegram"))
    assert TOKEN not in page(browser.post("/settings/channels/telegram", key(proxy="a@b")))
    assert TOKEN not in page(browser.get("/settings/"))


def test_a_key_is_neither_in_the_file_nor_in_the_audit_log() -> None:
    administrator().post("/settings/channels/telegram", key())
    assert TOKEN not in load().file.read_text("utf-8")
    assert TOKEN not in str(list(AuditEntry.objects.values()))


def test_a_key_that_is_kept_need_not_be_given_again() -> None:
    browser = administrator()
    browser.post("/settings/channels/telegram", key())
    browser.post("/settings/channels/telegram", key(token="", proxy="http://proxy:3128"))
    config = office().outlets["telegram"].config
    assert (config.token.reveal(), config.proxy) == (TOKEN, "http://proxy:3128")


def test_a_channel_without_its_key_is_not_switched_on() -> None:
    answer = administrator().post("/settings/channels/telegram", key(token=""))
    assert "Вставьте ключ" in page(answer)
    assert "telegram" not in office().outlets


@pytest.mark.parametrize("wrong", ["ключ", "123", "123:abc def" * 4])
def test_what_is_no_key_is_refused_before_anybody_is_asked(wrong: str) -> None:
    answer = administrator().post("/settings/channels/telegram", key(token=wrong))
    assert "Это не похоже на ключ бота" in page(answer)


@pytest.mark.parametrize(
    "typed", ["123456789", "vk.com/club123456789", "https://vk.com/public123456789/"]
)
def test_a_community_is_known_by_its_number_or_address(typed: str) -> None:
    form = {"group_id": typed, "token": "vk1.a.key"}
    administrator().post("/settings/channels/vk", form)
    assert load().channels["vk"].own["group_id"] == 123456789


def test_mail_is_set_up_with_a_server_and_a_password() -> None:
    mail = {
        "sender": "school@school.example",
        "host": "smtp.school.example",
        "port": "465",
        "security": "tls",
        "username": "school",
        "password": "пароль приложения",
    }
    administrator().post("/settings/channels/email", mail)
    config = office().outlets["email"].config
    assert (config.host, config.port, config.security, config.password.reveal()) == (
        "smtp.school.example", 465, "tls", "пароль приложения",
    )  # fmt: skip


@pytest.mark.usefixtures("platform")
def test_a_check_shows_the_bots_name_and_keeps_nothing() -> None:
    answer = administrator().post("/settings/channels/telegram/check", key(), headers=HTMX)
    assert "Работает: @" in page(answer)
    assert "telegram" not in office().outlets


@pytest.mark.usefixtures("platform")
def test_a_check_of_a_wrong_key_says_what_to_do() -> None:
    wrong = key(token="123456:another-token-of-nobody")
    answer = page(administrator().post("/settings/channels/telegram/check", wrong, headers=HTMX))
    assert "@BotFather" in answer
    assert wrong["token"] not in answer


def test_a_check_of_a_server_that_is_away_says_so(own_settings: Write) -> None:
    own_settings("channels: {telegram: {base_url: 'http://127.0.0.1:9'}}")
    answer = administrator().post("/settings/channels/telegram/check", key(), headers=HTMX)
    assert "Не получилось" in page(answer)


def test_a_check_of_an_unfinished_form_asks_for_the_rest() -> None:
    answer = administrator().post("/settings/channels/vk/check", {"typed": "1"}, headers=HTMX)
    assert "Сначала поправьте" in page(answer)


@pytest.mark.usefixtures("platform")
def test_a_check_without_scripts_is_a_page() -> None:
    answer = administrator().post("/settings/channels/telegram/check", key())
    assert "Работает: @" in page(answer)
    assert "<h1" in page(answer)


@pytest.mark.usefixtures("platform")
def test_a_check_is_in_the_audit_log() -> None:
    administrator().post("/settings/channels/telegram/check", key(), headers=HTMX)
    entry = AuditEntry.objects.get(action=Action.CHANNEL_CHECKED)
    assert (entry.subject, entry.facts) == ("telegram", {"ok": True})


def test_a_channel_is_switched_off_and_on() -> None:
    browser = administrator()
    browser.post("/settings/channels/site/switch", {"on": "0"})
    assert "site" not in office().outlets
    browser.post("/settings/channels/site/switch", {"on": "1"})
    assert "site" in office().outlets


def test_a_channel_without_its_key_cannot_be_switched_on_blindly() -> None:
    answer = administrator().post("/settings/channels/telegram/switch", {"on": "1"})
    assert answer.headers["Location"] == "/settings/channels/telegram"
    assert "telegram" not in office().outlets


def test_an_address_elsewhere_is_not_followed() -> None:
    form = key(next="https://evil.example/")
    answer = administrator().post("/settings/channels/telegram", form)
    assert answer.headers["Location"] == "/settings/"


def test_a_channel_that_is_none_is_not_found() -> None:
    assert administrator().get("/settings/channels/pigeon").status_code == 404


def test_a_stale_channel_screen_is_refused_too() -> None:
    browser = administrator()
    seen = SEEN.findall(page(browser.get("/settings/channels/telegram")))[0]
    browser.post("/settings/channels/telegram", key(proxy="http://first.example:3128"))
    late = key(proxy="http://second.example:3128") | {"seen": seen}
    answer = page(browser.post("/settings/channels/telegram", late))
    assert "Сейчас сохранено: http://first.example:3128" in answer
