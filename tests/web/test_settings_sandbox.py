"""The sandbox, entered and left in the settings: nothing of a trial reaches a family."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.messages import get_messages

from broadcaster.bootstrap import office, site_folder
from broadcaster.domain.permissions import Role
from broadcaster.domain.states import State
from broadcaster.store.models import Announcement, Delivery, Guardian, Series
from broadcaster.store.queries.uploads import keep_upload, recall_upload
from tests import school
from tests.services.series_stage import begun
from tests.web.settings_pages import PAGES, TOKEN, key, page
from tests.web.staff import administrator, member

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_settings"),
]


def said(answer: Any) -> str:
    return " ".join(map(str, get_messages(answer.wsgi_request)))


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
