"""Alarms are noticed once, told once by mail, and told once more when they are over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from broadcaster.contract import Reason
from broadcaster.domain.alarms import AlarmPolicy, Trouble
from broadcaster.domain.permissions import Role
from broadcaster.sandbox.mail import MailSandbox
from broadcaster.services.alarms import Post, open_alarms, past_alarms, watch
from broadcaster.services.audit import SYSTEM
from broadcaster.services.channels import reopen
from broadcaster.services.outlets import Office
from broadcaster.store.models import Alarm, AuditEntry
from broadcaster.store.queries.heartbeats import SWEEP, WORKER, beat, last_beat
from broadcaster.store.queries.lanes import pause_channel
from channels.email import EmailConfig, Security, send_plain
from tests import school
from tests.auditing import unguarded
from tests.services.stage import Platform, office, outlet
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOON = school.NOON
LOOK = timedelta(seconds=30)


@dataclass
class Mailbox:
    """What administrators got; `fault` is raised instead while it is set."""

    letters: list[tuple[list[str], str, str]] = field(default_factory=list)
    fault: Exception | None = None
    tries: int = 0

    def take(self, recipients: Sequence[str], subject: str, text: str) -> None:
        self.tries += 1
        if self.fault:
            raise self.fault
        self.letters.append((list(recipients), subject, text))

    @property
    def subjects(self) -> list[str]:
        return [subject for _, subject, _ in self.letters]


@dataclass
class Watch:
    """A school with two channels whose worker looks every half a minute; `at` is the time."""

    office: Office
    mailbox: Mailbox
    at: datetime = NOON

    def look(self, times: int = 1) -> None:
        """So many looks, one after the other, in an installation that works."""
        for _ in range(times):
            beat(SWEEP, now=self.at)
            watch(self.office, Post("beta", self.mailbox.take), self.at, worker=True)
            self.at += LOOK


@pytest.fixture
def guard() -> Watch:
    """The school's watch; its director reads letters."""
    addressed(Role.ADMINISTRATOR, "director@school.example")
    platform = Platform()
    return Watch(office(outlet(platform), outlet(platform, "beta")), Mailbox())


def addressed(role: Role, email: str) -> None:
    user = member(role).user
    user.email = email
    user.save()


def refuse_key(channel: str = "alpha") -> None:
    pause_channel(channel, now=NOON, reason=Reason.CREDENTIALS, detail="Unauthorized")


def kinds(**which: object) -> list[tuple[str, str]]:
    return list(Alarm.objects.filter(**which).order_by("pk").values_list("kind", "part"))


def test_nothing_is_written_down_while_all_is_well(guard: Watch) -> None:
    guard.look(3)
    assert (kinds(), guard.mailbox.letters) == ([], [])


def test_a_trouble_is_written_down_once_however_often_it_is_seen(guard: Watch) -> None:
    refuse_key()
    guard.look(4)
    assert kinds() == [(Trouble.CREDENTIALS, "alpha")]


def test_an_alarm_remembers_since_when_the_trouble_is(guard: Watch) -> None:
    guard.at += timedelta(minutes=10)
    refuse_key()
    guard.look()
    [alarm] = Alarm.objects.all()
    assert (alarm.since, alarm.noticed_at) == (NOON, NOON + timedelta(minutes=10))


def test_an_alarm_ends_when_its_trouble_does(guard: Watch) -> None:
    refuse_key()
    guard.look()
    reopen("alpha", by=SYSTEM, now=guard.at)
    guard.look()
    assert kinds(until=guard.at - LOOK) == [(Trouble.CREDENTIALS, "alpha")]


def test_an_alarm_ends_at_once_when_its_channel_is_opened(guard: Watch) -> None:
    refuse_key()
    guard.look()
    reopen("alpha", by=SYSTEM, now=guard.at)
    assert open_alarms(guard.office, guard.at) == []


def test_an_alarm_of_a_stuck_channel_ends_by_itself(guard: Watch) -> None:
    [copy] = school.waiting(1)
    guard.at += timedelta(minutes=20)
    guard.look()
    assert kinds(until=None) == [(Trouble.STUCK, "alpha")]
    school.Delivery.objects.filter(pk=copy.pk).update(state="sent")
    guard.look()
    assert kinds(until=None) == []


def test_a_trouble_that_comes_back_is_an_alarm_of_its_own(guard: Watch) -> None:
    for _ in range(2):
        refuse_key()
        guard.look()
        reopen("alpha", by=SYSTEM, now=guard.at)
        guard.look()
    assert kinds() == [(Trouble.CREDENTIALS, "alpha")] * 2


def test_a_lasting_trouble_is_told_by_mail_once(guard: Watch) -> None:
    refuse_key()
    guard.look(5)
    [(recipients, subject, text)] = guard.mailbox.letters
    assert recipients == ["director@school.example"]
    assert subject == "Школа № 1: Канал «alpha»: платформа не принимает ключ с 12:00"
    assert "Откройте «Настройки → Каналы» и вставьте новый." in text


def test_a_trouble_that_is_over_at_the_next_look_is_not_written_about(guard: Watch) -> None:
    refuse_key()
    guard.look()
    reopen("alpha", by=SYSTEM, now=guard.at)
    guard.look(3)
    assert guard.mailbox.letters == []


def test_the_end_of_what_was_told_is_told_once(guard: Watch) -> None:
    refuse_key()
    guard.look(2)
    reopen("alpha", by=SYSTEM, now=guard.at)
    guard.look(3)
    [_, (_, subject, text)] = guard.mailbox.letters
    assert subject.endswith("Прошло: 12:01")
    assert "Уже в порядке:" in text


def test_several_troubles_go_into_one_letter(guard: Watch) -> None:
    refuse_key()
    school.waiting(1, "gamma")
    guard.at += timedelta(minutes=20)
    guard.look(2)
    [subject] = guard.mailbox.subjects
    assert subject.endswith("и ещё 1")


def test_a_broken_mail_account_is_told_on_the_screen_only(guard: Watch) -> None:
    refuse_key("beta")
    guard.look(3)
    assert (kinds(until=None), guard.mailbox.tries) == ([(Trouble.CREDENTIALS, "beta")], 0)


def test_what_could_not_be_told_is_told_when_the_mail_works_again(guard: Watch) -> None:
    refuse_key()
    refuse_key("beta")
    guard.look(3)
    reopen("beta", by=SYSTEM, now=guard.at)
    guard.look()
    [subject] = guard.mailbox.subjects
    assert "alpha" in subject


def test_a_letter_that_is_refused_is_tried_again_after_a_rest(guard: Watch) -> None:
    refuse_key()
    guard.mailbox.fault = OSError("550")
    guard.look(10)
    assert guard.mailbox.tries == 1
    guard.mailbox.fault = None
    guard.look(15)
    assert (guard.mailbox.tries, len(guard.mailbox.letters)) == (2, 1)


def test_no_more_letters_leave_in_an_hour_than_are_allowed(guard: Watch) -> None:
    for _ in range(6):
        refuse_key()
        guard.look(2)
        reopen("alpha", by=SYSTEM, now=guard.at)
        guard.look(2)
    refuse_key()
    guard.look(2)
    assert len(guard.mailbox.letters) == AlarmPolicy().mails_an_hour
    guard.at += timedelta(hours=1)
    guard.look()
    assert len(guard.mailbox.letters) == AlarmPolicy().mails_an_hour + 1


def test_only_administrators_who_may_still_come_in_get_letters(guard: Watch) -> None:
    addressed(Role.TEACHER, "teacher@school.example")
    addressed(Role.AUDITOR, "auditor@school.example")
    addressed(Role.ADMINISTRATOR, "")
    gone = member(Role.ADMINISTRATOR).user
    gone.email, gone.is_active = "gone@school.example", False
    gone.save()
    refuse_key()
    guard.look(2)
    [(recipients, _, _)] = guard.mailbox.letters
    assert recipients == ["director@school.example"]


def test_a_letter_names_no_family(guard: Watch) -> None:
    person = school.guardian("Наталья Петрова")
    school.copy(school.address(person, "alpha", "mama@mail.example"))
    guard.at += timedelta(minutes=20)
    guard.look(2)
    [(_, subject, text)] = guard.mailbox.letters
    assert "Петрова" not in subject + text
    assert "mama" not in subject + text


def test_two_looks_at_once_count_as_one(guard: Watch) -> None:
    refuse_key()
    beat(SWEEP, now=NOON)
    beat(WORKER, now=NOON)
    for _ in range(3):
        watch(guard.office, Post("beta", guard.mailbox.take), NOON)
    assert kinds() == [(Trouble.CREDENTIALS, "alpha")]


def test_a_look_of_a_worker_is_its_sign_of_life_and_one_of_the_web_is_not() -> None:
    watch(office(Platform()), None, NOON)
    assert last_beat(WORKER) is None
    watch(office(Platform()), None, NOON, worker=True)
    assert last_beat(WORKER) == NOON


def test_the_web_notices_that_the_worker_is_silent(guard: Watch) -> None:
    guard.look()
    later = guard.at + timedelta(minutes=5)
    watch(guard.office, Post("beta", guard.mailbox.take), later)
    watch(guard.office, Post("beta", guard.mailbox.take), later + LOOK)
    assert kinds() == [(Trouble.WORKER, "")]
    assert "Обработчик молчит с 12:00" in guard.mailbox.subjects[0]


def test_a_changed_entry_of_the_audit_log_is_an_alarm_within_a_day(guard: Watch) -> None:
    reopened_by_hand()
    with unguarded():
        AuditEntry.objects.update(actor="somebody else")
    guard.look(3)
    assert kinds() == [(Trouble.LOG_BROKEN, "")]


def reopened_by_hand() -> None:
    refuse_key()
    reopen("alpha", by=SYSTEM, now=NOON)


def test_what_is_open_costs_one_query(guard: Watch) -> None:
    refuse_key()
    refuse_key("beta")
    guard.look()
    with CaptureQueriesContext(connection) as asked:
        told = open_alarms(guard.office, guard.at)
    assert (len(told), len(asked)) == (2, 1)


def test_an_alarm_of_another_day_is_told_with_its_day(guard: Watch) -> None:
    refuse_key()
    guard.look()
    [told] = open_alarms(guard.office, NOON + timedelta(days=1))
    assert "с 20\N{NO-BREAK SPACE}ноября,\N{NO-BREAK SPACE}12:00" in told.words.headline


def test_past_alarms_are_the_last_ones_first(guard: Watch) -> None:
    for _ in range(3):
        refuse_key()
        guard.look()
        reopen("alpha", by=SYSTEM, now=guard.at)
        guard.look()
    ends = [told.alarm.until for told in past_alarms(guard.office, guard.at, most=2)]
    assert ends == sorted(ends, reverse=True)
    assert len(ends) == 2


@pytest.fixture
def server() -> Iterator[MailSandbox]:
    """A real SMTP server in a thread of its own."""
    sandbox, ready = MailSandbox(), Event()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def run() -> None:
        async with sandbox:
            ready.set()
            await over.wait()

    thread = Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert ready.wait(10)
    yield sandbox
    loop.call_soon_threadsafe(over.set)
    thread.join()
    loop.close()


def sender(server: MailSandbox) -> Callable[[Sequence[str], str, str], None]:
    host, _, port = server.base_url.partition(":")
    config = EmailConfig(
        host=host, port=int(port), security=Security.NONE, sender="news@school.example"
    )

    def send(recipients: Sequence[str], subject: str, text: str) -> None:
        asyncio.run(send_plain(config, recipients, subject, text))

    return send


def test_a_letter_arrives_at_a_real_server(guard: Watch, server: MailSandbox) -> None:
    guard.mailbox.take = sender(server)  # type: ignore[method-assign]
    refuse_key()
    guard.look(2)
    [shown] = server.inbox.all()
    assert shown.address == "director@school.example"
    assert "платформа не принимает ключ с 12:00" in shown.subject
