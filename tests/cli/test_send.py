"""`send`: either everything is right and copies are made, or nothing has happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadcaster.store.models import Announcement, AuditEntry, Delivery
from broadcaster.store.queries.heartbeats import SWEEP, beat
from tests import school
from tests.cli.conftest import Settings
from tests.cli.desk import Typed

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]

Note = Callable[..., Path]
TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d %H:%M}"
IN_A_YEAR = f"{datetime.now(UTC) + timedelta(days=365):%Y-%m-%d %H:%M}"
DEEP = "> " * 100 + "ау"
"""A text that cannot be rendered."""


@pytest.fixture(autouse=True)
def family() -> None:
    """A family in 1А and a page of their class on the site."""
    school.guardian("Анна Петровна", telegram="4200000000001")
    school.destination("site", "1a")


def test_copies_are_made_and_the_number_is_told(typed: Typed, note: Note) -> None:
    said = typed("send", note("to: 1А"))
    number = Announcement.objects.get().pk.hex[:8]
    assert said.code == 0
    assert f"broadcaster report {number}" in said.out
    assert Delivery.objects.filter(state="queued").count() == 1


def test_machines_get_the_number_and_the_forecast(typed: Typed, note: Note) -> None:
    told = typed("send", note("to: 1А"), "--json").json
    assert told["announcement"] == str(Announcement.objects.get().pk)
    assert told["forecast"]["copies"] == {"site": 1}


def test_a_dry_run_leaves_nothing_behind(typed: Typed, note: Note) -> None:
    said = typed("send", note("to: 1А"), "--dry-run")
    assert (said.code, Announcement.objects.count()) == (0, 0)
    assert "ничего не отправлено" in said.out


def test_a_dry_run_tells_machines_the_forecast(typed: Typed, note: Note) -> None:
    told = typed("send", note("to: 1А"), "--dry-run", "--json").json
    assert told["people"] == 1
    assert told["skipped"] == [
        {"channel": "telegram", "personal": True, "reason": "channel_off", "count": 1}
    ]


def test_the_command_line_wins_over_the_file(typed: Typed, note: Note) -> None:
    school.destination("site", "2b", of="2Б")
    file = note("to: 1А", "importance: urgent")
    typed("send", file, "--to", "2Б", "--importance", "routine")
    sent = Announcement.objects.get()
    assert (sent.importance, [group.name for group in sent.groups.all()]) == ("routine", ["2Б"])


def test_without_a_worker_the_author_is_warned(typed: Typed, note: Note) -> None:
    assert "Запустите службу или broadcaster serve" in typed("send", note("to: 1А")).err


def test_with_a_worker_nobody_is_warned(typed: Typed, note: Note) -> None:
    beat(SWEEP, now=datetime.now(UTC))
    assert typed("send", note("to: 1А")).err == ""


def refused(typed: Typed, *words: str | Path) -> str:
    """Why a sending was refused; nothing may be left of it."""
    said = typed("send", *words)
    assert said.code == 3
    assert Announcement.objects.count() == 0
    return said.err


def test_without_a_group_the_groups_are_listed(typed: Typed, note: Note) -> None:
    assert "не сказано, кому" in (why := refused(typed, note()))
    assert "«1А»" in why


def test_a_group_that_is_not_there_is_named_with_its_file(typed: Typed, note: Note) -> None:
    assert "note.md: to: группы «11Б» нет" in refused(typed, note("to: 11Б"))


def test_a_slip_in_a_group_is_guessed(typed: Typed, note: Note) -> None:
    school.group("Капельки")
    assert "Может быть, «Капельки»?" in refused(typed, note("to: Капелька"))


def test_when_nobody_would_get_it_nothing_is_sent(typed: Typed, note: Note) -> None:
    school.guardian(groups=["2Б"])
    why = refused(typed, note("to: 2Б"))
    assert "ни одна копия не может уйти: нет ни одного адреса" in why


def test_an_empty_group_is_told(typed: Typed, note: Note) -> None:
    school.group("Пустая")
    assert "в этих группах никого нет" in refused(typed, note("to: Пустая"))


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (["at: 2020-01-01 10:00"], "at: 01.01.2020 10:00 уже прошло."),
        (["expires: 2020-01-01"], "expires: срок 01.01.2020 23:59 уже прошёл."),
        ([f"at: {IN_A_YEAR}", f"expires: {TOMORROW}"], "наступит раньше отправки"),
        (["at: утром"], "at: «утром» — не дата и время; пишите так: 2026-12-01 18:30."),
    ],
)
def test_times_that_cannot_be_are_refused(
    head: list[str], words: str, typed: Typed, note: Note
) -> None:
    assert words in refused(typed, note("to: 1А", *head))


def test_a_time_on_the_command_line_is_explained(typed: Typed, note: Note) -> None:
    assert "--at: «завтра»" in refused(typed, note("to: 1А"), "--at", "завтра")


def test_a_channel_that_is_off_is_named_with_those_that_are_on(typed: Typed, note: Note) -> None:
    why = refused(typed, note("to: 1А"), "--channel", "telegram")
    assert "канал «telegram» не включён; включены: site" in why


def test_a_mistake_in_the_text_is_told_with_the_files_own_line(typed: Typed, note: Note) -> None:
    body = "Первая строка.\n\n" + DEEP
    assert "note.md: строка 8: слишком много" in refused(typed, note("to: 1А", body=body))


def test_a_file_that_is_not_there_is_told(typed: Typed, tmp_path: Path) -> None:
    assert "не удалось открыть" in refused(typed, tmp_path / "none.md")


def test_a_later_time_schedules(typed: Typed, note: Note) -> None:
    told = typed("send", note("to: 1А"), "--at", IN_A_YEAR, "--json").json
    scheduled = Announcement.objects.get()
    assert scheduled.released_at is None
    assert told["release_at"].startswith(IN_A_YEAR[:10])
    assert Delivery.objects.count() == 0


def test_the_author_of_a_scheduled_one_hears_how_to_cancel_it(typed: Typed, note: Note) -> None:
    assert "Отменить: broadcaster cancel" in typed("send", note("to: 1А"), "--at", IN_A_YEAR).out


def test_waiting_for_what_is_scheduled_is_refused(typed: Typed, note: Note) -> None:
    said = typed("send", note("to: 1А"), "--at", IN_A_YEAR, "--wait")
    assert (said.code, Announcement.objects.count()) == (2, 0)


def test_a_scheduled_text_is_checked_at_once(typed: Typed, note: Note) -> None:
    why = refused(typed, note("to: 1А", body=DEEP), "--at", IN_A_YEAR)
    assert "слишком много вложенных цитат" in why


def test_the_same_again_is_refused(typed: Typed, note: Note) -> None:
    first = typed("send", note("to: 1А"), "--json").json["announcement"]
    said = typed("send", note("to: 1А"))
    assert said.code == 3
    assert f"{first[:8]}, " in said.err
    assert "--again" in said.err
    assert Announcement.objects.count() == 1


def test_what_is_scheduled_counts_as_the_same(typed: Typed, note: Note) -> None:
    typed("send", note("to: 1А"), "--at", IN_A_YEAR)
    assert typed("send", note("to: 1А")).code == 3


def test_the_same_again_can_be_meant(typed: Typed, note: Note) -> None:
    typed("send", note("to: 1А"))
    assert typed("send", note("to: 1А"), "--again").code == 0


def test_a_dry_run_of_the_same_only_warns(typed: Typed, note: Note) -> None:
    typed("send", note("to: 1А"))
    said = typed("send", note("to: 1А"), "--dry-run")
    assert said.code == 0
    assert "Такое же объявление" in said.err


def test_the_same_to_another_group_is_no_repeat(typed: Typed, note: Note) -> None:
    school.destination("site", "2b", of="2Б")
    typed("send", note("to: 1А"))
    assert typed("send", note("to: 1А"), "--to", "2Б").code == 0


def test_what_was_cancelled_may_be_sent_again(typed: Typed, note: Note) -> None:
    first = typed("send", note("to: 1А"), "--json").json["announcement"]
    typed("cancel", first)
    assert typed("send", note("to: 1А")).code == 0


def test_what_was_sent_the_day_before_yesterday_may_be_sent_again(typed: Typed, note: Note) -> None:
    typed("send", note("to: 1А"))
    Announcement.objects.update(released_at=datetime.now(UTC) - timedelta(days=2))
    assert typed("send", note("to: 1А")).code == 0


def test_at_night_the_author_hears_when_it_leaves(
    typed: Typed, note: Note, settings_file: Settings
) -> None:
    settings_file('quiet_hours: {start: "00:00", end: "23:59"}\n')
    assert "Из-за тихих часов отправка начнётся" in typed("send", note("to: 1А")).out


def test_names_of_the_roll_are_pointed_out(typed: Typed, note: Note) -> None:
    body = "Спасибо, Анна Петровна!"
    said = typed("send", note("to: 1А", body=body), "--dry-run")
    assert "названы люди: «Анна Петровна»" in said.out


def test_what_is_sent_is_written_down(typed: Typed, note: Note) -> None:
    typed("send", note("to: 1А"))
    entry = AuditEntry.objects.get()
    told = (entry.actor, entry.action, entry.subject)
    assert told == ("command line", "released", str(Announcement.objects.get().pk))


def test_what_is_scheduled_is_written_down(typed: Typed, note: Note) -> None:
    typed("send", note("to: 1А"), "--at", TOMORROW)
    assert AuditEntry.objects.get().action == "scheduled"


def test_a_rehearsal_is_not_written_down(typed: Typed, note: Note) -> None:
    typed("send", note("to: 1А"), "--dry-run")
    assert not AuditEntry.objects.exists()
