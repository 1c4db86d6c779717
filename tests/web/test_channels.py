"""The screen of channels: how they are, what to do next, shutting and opening them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from broadcaster.contract import Reason
from broadcaster.domain.actions import Action
from broadcaster.domain.alarms import Trouble
from broadcaster.domain.permissions import Role
from broadcaster.store.models import Alarm, AuditEntry, ChannelState
from broadcaster.store.queries.lanes import gate, hold_channel, pause_channel
from tests import school
from tests.web.staff import administrator, auditor, browser, member, teacher

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SITE = "site"
"""The channel that is on where nobody has switched on others."""


def page(client: Client, **headers: str) -> str:
    return client.get("/channels/", headers=headers).content.decode()


def shut(reason: str = Reason.CREDENTIALS, detail: str = "") -> None:
    pause_channel(SITE, now=datetime.now(UTC), reason=reason, detail=detail)


def alarm(kind: Trouble = Trouble.CREDENTIALS, part: str = "telegram", **also: object) -> Alarm:
    now = datetime.now(UTC)
    return Alarm.objects.create(kind=kind, part=part, **({"since": now, "noticed_at": now} | also))


def test_a_teacher_does_not_see_the_channels() -> None:
    assert teacher().get("/channels/").status_code == 403


def test_an_auditor_sees_the_channels_and_no_buttons() -> None:
    shut()
    client = auditor()
    assert '<form method="post" action="/channels' not in page(client)
    assert client.post(f"/channels/{SITE}/open").status_code == 403
    assert client.post(f"/channels/{SITE}/shut").status_code == 403


def test_a_healthy_channel_asks_for_nothing() -> None:
    assert "Готов отправлять. Ничего делать не нужно." in page(administrator())


def test_a_refused_key_tells_what_to_do_and_what_the_platform_said() -> None:
    shut(detail="401 Unauthorized <b>")
    shown = page(administrator())
    assert (
        "Откройте «Настройки → Каналы» и вставьте новый ключ. Потом нажмите «Открыть снова»."
        in shown
    )
    assert "401 Unauthorized &lt;b&gt;" in shown


def test_a_held_channel_tells_until_when() -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    hold_channel(SITE, until=later, reason=Reason.QUOTA, detail="")
    assert "Платформа просит подождать до" in page(administrator())


def test_an_administrator_opens_a_channel_again_and_the_log_knows_who() -> None:
    shut()
    boss = member(Role.ADMINISTRATOR)
    answer = browser(boss).post(f"/channels/{SITE}/open", follow=True)
    assert "снова открыт" in answer.content.decode()
    assert not gate(SITE).paused
    [entry] = AuditEntry.objects.filter(action=Action.CHANNEL_REOPENED)
    assert (entry.subject_kind, entry.subject, entry.user) == ("channel", SITE, boss.user_id)


def test_opening_an_open_channel_changes_nothing() -> None:
    answer = administrator().post(f"/channels/{SITE}/open", follow=True)
    assert "и так открыт" in answer.content.decode()
    assert not AuditEntry.objects.filter(action=Action.CHANNEL_REOPENED).exists()


def test_an_administrator_shuts_a_channel_by_hand() -> None:
    client = administrator()
    assert "Ничего не пропадёт" in client.get(f"/channels/{SITE}/shut").content.decode()
    assert not gate(SITE).paused
    answer = client.post(f"/channels/{SITE}/shut", follow=True)
    assert "остановлен вручную" in answer.content.decode()
    assert gate(SITE).paused
    assert AuditEntry.objects.filter(action=Action.PAUSED, subject=SITE).count() == 1


def test_shutting_twice_keeps_the_first_reason() -> None:
    shut(detail="401")
    administrator().post(f"/channels/{SITE}/shut")
    assert ChannelState.objects.get(pk=SITE).reason == Reason.CREDENTIALS


@pytest.mark.parametrize("act", ["open", "shut"])
def test_a_channel_that_there_is_not_is_not_found(act: str) -> None:
    assert administrator().post(f"/channels/fax/{act}").status_code == 404


def test_opening_takes_a_post() -> None:
    shut()
    assert administrator().get(f"/channels/{SITE}/open").status_code == 405
    assert gate(SITE).paused


def test_htmx_gets_the_changing_part_only() -> None:
    part = page(administrator(), hx_request="true")
    assert part.lstrip().startswith('<div id="health"')
    assert "<html" not in part


def test_failures_are_told_by_reason() -> None:
    from tests.services.test_health import ended

    copy = ended(Reason.CONTENT, datetime.now(UTC))
    copy.channel = SITE
    copy.save()
    shown = page(administrator())
    assert "Не дошло за сутки: 1" in shown
    assert "платформа не приняла текст: 1" in shown


def test_open_alarms_stand_on_top_with_what_to_do() -> None:
    alarm()
    shown = page(administrator())
    assert "Telegram не принимает токен с " in shown
    assert "вставьте новый токен от BotFather." in shown


def test_past_alarms_are_listed() -> None:
    now = datetime.now(UTC)
    alarm(Trouble.DISK, "", until=now, told_at=now)
    shown = page(administrator())
    assert "На диске почти не осталось места" in shown
    assert "Тревог ещё не было" not in shown


def test_a_worker_that_never_worked_is_told() -> None:
    assert "ещё ни разу не работал; запустите службу или broadcaster serve" in page(administrator())


def test_who_gets_letters_is_told() -> None:
    assert "канал «эл. почта» выключен" in page(administrator())


def test_the_number_of_queries_does_not_grow() -> None:
    client = administrator()

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(client)
        return len(asked)

    page(client)
    before = queries()
    shut()
    for part in ("telegram", "vk", "email"):
        alarm(part=part)
        alarm(part=part, until=datetime.now(UTC))
    school.waiting(5, SITE)
    assert queries() == before
