"""The samples beside the sheet: every channel, what to know, and nothing that runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from broadcaster.bootstrap import office
from broadcaster.contract import DataClass
from broadcaster.domain.permissions import Role
from broadcaster.services.drafts import make_draft
from broadcaster.services.uploads import Incoming, attach
from broadcaster.store.models import Announcement, Revision, Staff
from tests.files import PDF, picture
from tests.school import NOON, announcement, pupil
from tests.web.staff import administrator, auditor, browser, member, teacher

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.usefixtures("school")]

Queries = Callable[..., object]


def look(client: Client, draft: UUID, **also: str) -> str:
    answer = client.get(reverse("previews", args=[draft]), headers={"HX-Request": "true"}, **also)
    assert answer.status_code == 200
    return answer.content.decode()


def panel(page: str, channel: str) -> str:
    """One channel's part of the page."""
    found = re.search(rf'value="{channel}".*?</section>', page, re.DOTALL)
    assert found, channel
    return found[0]


def drafted(anna: Staff, *files: tuple[str, bytes], body: str = "Завтра в музей.") -> UUID:
    """Anna's draft with these files."""
    draft = make_draft(anna, now=NOON)
    Revision.objects.filter(announcement=draft).update(title="Экскурсия", body=body)
    came = [Incoming(name, BytesIO(what), len(what)) for name, what in files]
    attach(office(), anna, draft, came, now=NOON)
    return draft


def test_every_channel_is_shown_as_a_parent_would_see_it() -> None:
    page = look(administrator(), announcement("1А", body="Это **важно**."))
    assert "<b>Экскурсия</b>" in panel(page, "telegram")
    assert "Это важно." in panel(page, "vk")
    assert "<iframe" in panel(page, "email")
    assert "<iframe" in panel(page, "site")


def test_a_channel_that_is_off_says_so() -> None:
    page = look(administrator(), announcement("1А"))
    assert "выключен" in panel(page, "vk")
    assert "выключен" not in panel(page, "site")


def test_a_long_text_is_numbered_in_parts() -> None:
    page = look(administrator(), announcement("1А", body="Слово за словом. " * 400))
    assert "Часть 1 из 2" in panel(page, "telegram")
    assert "Часть 1" not in panel(page, "vk")


def test_a_mistake_is_told_with_its_line_and_the_page_stays() -> None:
    page = look(administrator(), announcement("1А", body="Раз\n\n{{ возраст }}"))
    assert "Строка 3: «{{ возраст }}»" in page
    assert "<iframe" not in page


def test_an_empty_draft_asks_for_words() -> None:
    page = look(administrator(), announcement("1А", title="", body=""))
    assert "Нет заголовка" in page
    assert "Нет текста" in page


def test_names_of_the_roll_are_warned_of() -> None:
    pupil("Маша Сергеева", "1А")
    page = look(administrator(), announcement("1А", body="Поздравляем Машу Сергееву!"))
    assert "Текст называет людей по имени (Маша Сергеева)" in page


def test_an_insecure_link_is_warned_of() -> None:
    page = look(administrator(), announcement("1А", body="http://school.example/"))
    assert "лучше https: http://school.example/" in page


def test_nothing_of_the_authors_runs() -> None:
    body = "<script>alert(1)</script> <img src=x onerror=alert(1)> [я](javascript:alert(1))"
    page = look(administrator(), announcement("1А", title="<b onclick=x>", body=body))
    assert not re.search(r"<script|<img|<b onclick|href=.?javascript", page)


def test_a_colleagues_draft_has_no_samples_for_me() -> None:
    draft = announcement("2Б")
    answer = teacher("1А").get(reverse("previews", args=[draft]))
    assert answer.status_code == 404
    assert teacher("1А").get(page_of(draft)).status_code == 404


def test_an_auditor_may_look() -> None:
    assert "Telegram" in look(auditor(), announcement("1А"))


def test_a_stranger_is_asked_to_come_in() -> None:
    draft = announcement("1А")
    assert Client().get(reverse("previews", args=[draft])).status_code == 302
    assert Client().get(page_of(draft)).status_code == 302


def test_without_a_script_it_is_a_page_of_its_own() -> None:
    answer = administrator().get(reverse("previews", args=[announcement("1А")]))
    assert "<h1>" in answer.content.decode()


def test_it_is_never_kept_by_a_browser() -> None:
    answer = administrator().get(reverse("previews", args=[announcement("1А")]))
    assert "no-store" in answer["Cache-Control"]


def page_of(draft: UUID, channel: str = "email") -> str:
    return reverse("preview-page", args=[draft, channel])


def test_a_letter_stands_in_a_frame_where_nothing_runs() -> None:
    draft = announcement("1А")
    frame = re.search(r"<iframe[^>]*>", panel(look(administrator(), draft), "email"))
    assert frame
    assert re.search(r"\ssandbox\s", frame[0])
    assert page_of(draft) in frame[0]


@pytest.mark.parametrize("channel", ["email", "site"])
def test_the_framed_page_may_do_nothing_but_look(channel: str) -> None:
    answer = administrator().get(page_of(announcement("1А"), channel))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert policy.endswith("sandbox")
    assert "frame-ancestors 'self'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "Завтра идём в музей" in answer.content.decode()


def test_ordinary_pages_keep_their_own_policy() -> None:
    answer = administrator().get(reverse("previews", args=[announcement("1А")]))
    assert "style-src 'self';" in answer["Content-Security-Policy"] + ";"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("channel", ["telegram", "pigeon"])
def test_a_channel_without_a_page_has_none(channel: str) -> None:
    assert administrator().get(page_of(announcement("1А"), channel)).status_code == 404


def test_a_letter_that_cannot_be_made_is_not_there() -> None:
    assert administrator().get(page_of(announcement("1А", body="{{ x }}"))).status_code == 404


def test_photos_are_shown_where_they_will_stand() -> None:
    anna = member(Role.TEACHER, "1А")
    draft = drafted(anna, ("ёлка.jpg", picture()), ("план.pdf", PDF))
    page = look(browser(anna), draft)
    assert "?small" in panel(page, "telegram")
    assert "план.pdf" in panel(page, "email")
    letter = browser(anna).get(page_of(draft)).content.decode()
    assert "data:image/jpeg;base64," in letter
    assert letter.index("data:image") < letter.index("<footer")


def test_only_the_chosen_channels_are_shown() -> None:
    page = look(administrator(), announcement("1А", channels=["site"]))
    assert 'value="site"' in page
    assert 'value="telegram"' not in page


@pytest.mark.parametrize("files", [0, 3])
def test_the_number_of_questions_to_the_database_is_fixed(
    files: int, django_assert_max_num_queries: Queries
) -> None:
    anna = member(Role.TEACHER, "1А")
    came = [(f"{number}.pdf", PDF + bytes([number])) for number in range(files)]
    draft, client = drafted(anna, *came), browser(anna)
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        look(client, draft)


def test_a_released_announcement_can_still_be_looked_at() -> None:
    draft = announcement("1А", released_at=NOON)
    assert "Telegram" in look(administrator(), draft)
    assert Announcement.objects.get(pk=draft).released_at == NOON


def test_settings_that_are_not_right_yet_hide_only_their_channel(tmp_path: Path) -> None:
    settings = "channels: {telegram: {base_url: nowhere}}"
    (tmp_path / "school.yaml").write_text(settings, "utf-8")
    page = look(administrator(), announcement("1А"))
    assert "<iframe" in panel(page, "site")
    assert 'value="telegram"' not in page


def test_a_channel_that_may_not_carry_the_text_says_so_on_its_sample() -> None:
    page = look(administrator(), announcement("1А", data_class=DataClass.CLOSED))
    assert "не попадёт" in panel(page, "site")


@pytest.fixture
def school(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    from broadcaster.bootstrap import showroom

    settings.FILE_FOLDER = tmp_path / "files"
    monkeypatch.setenv("BROADCASTER_CONFIG", str(tmp_path / "school.yaml"))
    for place in (office, showroom):
        place.cache_clear()
    yield
    for place in (office, showroom):
        place.cache_clear()
