"""The settings: a change counts at once, secrets stay secret, mistakes stay outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.messages import get_messages

from broadcaster.bootstrap import office, site_folder
from broadcaster.config import load
from broadcaster.domain.permissions import Role
from broadcaster.domain.states import State
from broadcaster.playground import TOKENS
from broadcaster.sandbox.server import run_in_thread
from broadcaster.sandbox.telegram import TelegramSandbox
from broadcaster.services.audit import Action
from broadcaster.store.models import Announcement, AuditEntry, Delivery, Guardian, Series
from broadcaster.store.queries.uploads import keep_upload, recall_upload
from tests import school
from tests.services.series_stage import begun
from tests.web.desk import Write
from tests.web.staff import administrator, auditor, member, teacher

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_settings"),
]

PAGES = [
    "/settings/",
    "/settings/school",
    "/settings/quiet-hours",
    "/settings/files",
    "/settings/approvals",
    "/settings/channels/telegram",
    "/settings/channels/vk",
    "/settings/channels/email",
]
TOKEN = TOKENS["TELEGRAM_TOKEN"]
SCHOOL = {
    "name": "Лицей № 5",
    "time_zone": "Asia/Omsk",
    "colour": "#225533",
    "signature": "",
    "public_url": "",
}


def page(answer: Any) -> str:
    return str(answer.content.decode())


def said(answer: Any) -> str:
    return " ".join(map(str, get_messages(answer.wsgi_request)))


@pytest.mark.parametrize("address", PAGES)
def test_only_an_administrator_may_see_it(address: str) -> None:
    assert administrator().get(address).status_code == 200
    assert teacher().get(address).status_code == 403
    assert auditor().get(address).status_code == 403


def test_what_a_screen_changes_counts_at_once() -> None:
    administrator().post("/settings/school", SCHOOL)
    assert office().school.name == "Лицей № 5"


def test_a_mistake_is_told_and_what_was_typed_stays() -> None:
    answer = administrator().post("/settings/school", SCHOOL | {"public_url": "лицей.рф"})
    assert 'value="лицей.рф"' in page(answer)
    assert office().school.name == "Школа"


def test_a_zone_that_is_none_is_refused() -> None:
    administrator().post("/settings/school", SCHOOL | {"time_zone": "Europe/Nowhere"})
    assert str(load().school.time_zone) == "Europe/Moscow"


def test_quiet_hours_can_be_moved_and_switched_off() -> None:
    administrator().post("/settings/quiet-hours", {"start": "22:30", "end": "06:00"})
    hours = load().quiet_hours
    assert (hours.enabled, hours.start.hour, hours.end.hour) == (False, 22, 6)


def test_quiet_hours_of_a_whole_day_are_refused() -> None:
    answer = administrator().post("/settings/quiet-hours", {"start": "22:00", "end": "22:00"})
    assert "сутки" in page(answer)


@pytest.mark.parametrize(("start", "end"), [("07:00", "21:00"), ("08:00", "07:00")])
def test_quiet_hours_that_are_typed_the_wrong_way_round_are_refused(start: str, end: str) -> None:
    typed = {"enabled": "on", "start": start, "end": end}
    answer = administrator().post("/settings/quiet-hours", typed)
    assert "захватила бы полдень" in answer.content.decode()


@pytest.mark.parametrize(("start", "end"), [("12:01", "12:00"), ("00:00", "12:00")])
def test_quiet_hours_may_be_as_long_as_noon_is_free(start: str, end: str) -> None:
    typed = {"enabled": "on", "start": start, "end": end}
    assert administrator().post("/settings/quiet-hours", typed).status_code == 302


def test_files_are_limited_in_megabytes() -> None:
    administrator().post("/settings/files", {"largest": "30", "most": "3"})
    assert (office().largest_file, office().most_files) == (30_000_000, 3)


def test_reminders_are_set_in_hours() -> None:
    administrator().post("/settings/approvals", {"remind_every": "6", "escalate_after": "12"})
    assert (office().approvals.remind_every, office().approvals.escalate_after) == (6, 12)


@pytest.mark.parametrize("hours", ["0", "721", "x", ""])
def test_reminders_without_sense_are_refused(hours: str) -> None:
    given = {"remind_every": hours, "escalate_after": "12"}
    administrator().post("/settings/approvals", given)
    assert office().approvals.remind_every == 24


def test_a_file_that_cannot_be_written_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("BROADCASTER_CONFIG", str(tmp_path / "file" / "school.yaml"))
    answer = administrator().post("/settings/school", SCHOOL)
    assert "Настройки не записаны" in page(answer)


def test_a_file_spoilt_by_hand_is_told_and_the_old_settings_stay(own_settings: Write) -> None:
    file = own_settings("school: {name: Лицей}")
    assert office().school.name == "Лицей"
    file.write_text("school: {name: 5, nmae: 6}", "utf-8")
    office.refresh()
    answer = page(administrator().get("/settings/"))
    assert "работает по прежним настройкам" in answer
    assert office().school.name == "Лицей"


BROKEN = "school: {name: [a"


@pytest.mark.parametrize("address", PAGES[1:])
def test_a_screen_over_a_broken_file_leads_to_where_it_is_told(
    own_settings: Write, address: str
) -> None:
    file = own_settings("")
    browser = administrator()
    assert office().school.name == "Школа"
    file.write_text(BROKEN, "utf-8")
    answer = page(browser.get(address, follow=True))
    assert "строка 1: ожидается" in answer
    assert "Исправьте это место" in answer


@pytest.mark.parametrize("address", ["/people/new/", "/people/places/new/", "/people/import/"])
def test_work_goes_on_over_a_broken_file(own_settings: Write, address: str) -> None:
    file = own_settings("")
    browser = administrator()
    assert office().school.name == "Школа"
    file.write_text(BROKEN, "utf-8")
    assert browser.get(address).status_code == HTTPStatus.OK


def test_what_is_typed_over_a_broken_file_is_not_kept(own_settings: Write) -> None:
    file = own_settings("")
    browser = administrator()
    assert office().school.name == "Школа"
    file.write_text(BROKEN, "utf-8")
    answer = page(browser.post("/settings/school", SCHOOL, follow=True))
    assert "Не сохранено: сначала исправьте файл настроек." in answer
    assert file.read_text("utf-8") == BROKEN


SEEN = re.compile(r'name="seen" value="(\w+)"')


def test_a_stale_screen_does_not_undo_what_another_has_saved() -> None:
    first, second = administrator(), administrator()
    seen = SEEN.findall(page(second.get("/settings/school")))[0]
    first.post("/settings/school", SCHOOL | {"name": "Лицей № 7"})
    late = SCHOOL | {"signature": "Тел. 12-34", "name": "Лицей № 9"}
    answer = page(second.post("/settings/school", late | {"seen": seen}))
    assert "кто-то уже изменил эти настройки" in answer
    assert "Сейчас сохранено: Лицей № 7" in answer
    assert "Лицей № 9" in answer
    assert load().school.name == "Лицей № 7"
    again = SEEN.findall(answer)[0]
    second.post("/settings/school", late | {"seen": again})
    assert load().school.name == "Лицей № 9"


def test_a_stale_channel_screen_is_refused_too() -> None:
    browser = administrator()
    seen = SEEN.findall(page(browser.get("/settings/channels/telegram")))[0]
    browser.post("/settings/channels/telegram", key(proxy="http://first.example:3128"))
    late = key(proxy="http://second.example:3128") | {"seen": seen}
    answer = page(browser.post("/settings/channels/telegram", late))
    assert "Сейчас сохранено: http://first.example:3128" in answer


# Channels


def key(**more: str) -> dict[str, str]:
    return {"token": TOKEN, "proxy": "", "typed": "1"} | more


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


@pytest.fixture
def platform(own_settings: Write) -> Iterator[TelegramSandbox]:
    """A Telegram of our own, to which the settings point."""
    telegram = TelegramSandbox(TOKEN)
    with run_in_thread(telegram):
        own_settings(f"channels: {{telegram: {{base_url: '{telegram.base_url}'}}}}")
        yield telegram


HTMX = {"HX-Request": "true"}


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


# The sandbox


def test_in_the_sandbox_every_channel_is_on_and_none_is_real() -> None:
    browser = administrator()
    browser.post("/settings/channels/telegram", key(token="123456:a-real-token-of-a-school"))
    browser.post("/settings/sandbox", {"on": "1"})
    config = office().outlets["telegram"].config
    assert set(office().outlets) == {"telegram", "vk", "email", "site"}
    assert config.base_url.startswith("http://127.0.0.1")
    assert config.token.reveal() == TOKEN
    assert office().outlets["email"].config.host == "127.0.0.1"


def test_leaving_the_sandbox_brings_the_real_channels_back() -> None:
    browser = administrator()
    browser.post("/settings/sandbox", {"on": "1"})
    browser.post("/settings/sandbox", {"on": "0"})
    assert set(office().outlets) == {"site"}


def test_every_screen_says_that_it_is_the_sandbox() -> None:
    browser = administrator()
    browser.post("/settings/sandbox", {"on": "1"})
    assert all("Песочница: никому ничего" in page(browser.get(address)) for address in PAGES)


def test_trial_pages_do_not_lie_among_the_schools_own() -> None:
    assert site_folder(sandbox=True) != site_folder(sandbox=False)
    assert site_folder(sandbox=False) == Path(settings.SITE_FOLDER)


def test_what_waits_is_cancelled_before_real_work_begins() -> None:
    browser = administrator()
    browser.post("/settings/sandbox", {"on": "1"})
    (copy,) = school.waiting(1, channel="telegram")
    browser.post("/settings/sandbox", {"on": "0"})
    assert Delivery.objects.get(pk=copy.pk).state == State.CANCELLED


def repeated() -> UUID:
    """What goes on every Friday, on the site."""
    school.destination("site", "news")
    return begun(office(), member(Role.TEACHER, "1А"))


def test_a_trial_that_repeats_itself_is_stopped_before_real_work_begins() -> None:
    browser = administrator()
    browser.post("/settings/sandbox", {"on": "1"})
    mould = repeated()
    answer = browser.post("/settings/sandbox", {"on": "0"})
    assert Series.objects.get(mould=mould).started_at is None
    assert "Остановлены повторения: «Сменная обувь»." in said(answer)


def test_leaving_the_sandbox_says_how_much_was_cancelled() -> None:
    browser = administrator()
    browser.post("/settings/sandbox", {"on": "1"})
    school.waiting(1, channel="telegram")
    answer = browser.post("/settings/sandbox", {"on": "0"})
    assert "Отменено 1\N{NO-BREAK SPACE}объявление." in said(answer)


def test_a_file_sent_in_the_sandbox_is_uploaded_again_for_real_families() -> None:
    browser = administrator()
    browser.post("/settings/sandbox", {"on": "1"})
    keep_upload("vk", "0" * 64, "message-photo", "photo-777_1_key")
    browser.post("/settings/sandbox", {"on": "0"})
    assert recall_upload("vk", "0" * 64, "message-photo") is None


def test_nobody_enters_the_sandbox_while_something_repeats_itself() -> None:
    repeated()
    answer = administrator().post("/settings/sandbox", {"on": "1"})
    assert "повторяется" in said(answer)
    assert not office().sandbox


def test_nobody_leaves_the_sandbox_while_it_sends() -> None:
    browser = administrator()
    browser.post("/settings/sandbox", {"on": "1"})
    (copy,) = school.waiting(1, channel="telegram")
    Delivery.objects.filter(pk=copy.pk).update(state=State.SENDING)
    answer = browser.post("/settings/sandbox", {"on": "0"})
    assert "идёт отправка" in said(answer)
    assert office().sandbox


def test_nobody_enters_the_sandbox_while_real_copies_wait() -> None:
    school.waiting(1, channel="telegram")
    answer = administrator().post("/settings/sandbox", {"on": "1"})
    assert "дождитесь" in said(answer)
    assert not office().sandbox


def test_the_sample_school_is_loaded_into_an_empty_sandbox() -> None:
    browser = administrator()
    browser.post("/settings/sandbox", {"on": "1"})
    browser.post("/settings/sample")
    assert Guardian.objects.count() > 100


def test_the_sample_school_is_never_mixed_with_real_families() -> None:
    browser = administrator()
    browser.post("/settings/sample")
    assert not Guardian.objects.exists()
    browser.post("/settings/sandbox", {"on": "1"})
    school.guardian("Настоящая мама")
    browser.post("/settings/sample")
    assert Guardian.objects.count() == 1


def test_the_trials_traces_can_be_swept_out() -> None:
    browser = administrator()
    browser.post("/settings/sandbox", {"on": "1"})
    browser.post("/settings/sample")
    school.waiting(1, channel="telegram")
    browser.post("/settings/sandbox", {"on": "0", "sweep": "1"})
    assert not Guardian.objects.exists()
    assert not Announcement.objects.exists()
