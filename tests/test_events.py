"""Logs are events: one line of JSON each, and never an address, a name or a text."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError
from django.test import RequestFactory
from django.utils import timezone

from broadcaster import tasks
from broadcaster.contract import (
    Accepted,
    Deferred,
    Part,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    Unreachable,
)
from broadcaster.domain.policy import Importance
from broadcaster.events import EventFormatter
from broadcaster.services.outlets import Office
from broadcaster.services.release import release
from broadcaster.services.sweep import sweep
from broadcaster.store.queries.lanes import open_channel
from tests import school
from tests.services.stage import Platform, drained, office, outlet

PERSON, CHILD, ADDRESS, TITLE, BODY = "Акулина", "Ерофей", "ziborov", "Педсовет", "Ждём всех"

Told = Callable[..., dict[str, Any]]


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Told:
    """The one event that some work logs, as it stands in the log."""
    caplog.set_level(logging.DEBUG)

    def telling(work: Callable[[logging.Logger], None]) -> dict[str, Any]:
        work(logging.getLogger("broadcaster.tests"))
        [record] = caplog.records
        line = EventFormatter().format(record)
        assert "\n" not in line
        return json.loads(line)  # type: ignore[no-any-return]

    return telling


def test_an_event_is_one_line_of_json(told: Told) -> None:
    event = told(lambda log: log.warning("channel.held", extra={"channel": "vk", "seconds": 3}))
    assert event.pop("at")
    assert event == {
        "level": "warning", "event": "channel.held", "logger": "broadcaster.tests",
        "channel": "vk", "seconds": 3,
    }  # fmt: skip


def test_russian_letters_stay_readable(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger().warning("событие")
    assert "событие" in EventFormatter().format(caplog.records[0])


def test_a_sign_of_percent_in_a_strangers_words_is_no_place_for_an_argument(told: Told) -> None:
    request = RequestFactory().get("/")
    words = "Invalid HTTP_HOST header: '%'."
    assert told(lambda log: log.error(words, extra={"request": request}))["event"] == words


def test_values_of_any_kind_can_be_told(told: Told) -> None:
    at = timezone.now()
    assert told(lambda log: log.warning("a", extra={"when": at}))["when"] == str(at)


def fail(error: Exception, cause: Exception | None = None) -> None:
    raise error from cause


def faulty(error: Exception) -> Callable[[logging.Logger], None]:
    def work(log: logging.Logger) -> None:
        try:
            fail(error)
        except Exception:
            log.exception("task.fault")

    return work


def test_a_fault_is_told_with_its_kind_and_its_place(told: Told) -> None:
    fault = told(faulty(LookupError("Анна, 12345")))["fault"]
    assert fault.splitlines()[-1] == "LookupError"
    assert "test_events.py" in fault


@pytest.mark.parametrize("error", [LookupError("Анна"), DatabaseError("Key (value)=(Анна)")])
def test_a_faults_words_are_not_told(told: Told, error: Exception) -> None:
    assert "Анна" not in told(faulty(error))["fault"]


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), OperationalError("the database is locked")]
)
def test_the_words_of_machines_are_told(told: Told, error: Exception) -> None:
    assert str(error) in told(faulty(error))["fault"]


def test_a_secret_of_the_environment_is_told_nowhere(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VK_TOKEN", "vk1.a.q1w2e3")
    monkeypatch.setenv("REDIS_URL", "redis://:верблюд-лодка@127.0.0.1/0")
    words = "no answer to vk1.a.q1w2e3 from redis://:верблюд-лодка@127.0.0.1/0"
    event = told(lambda log: log.error(words, extra={"why": OSError(words)}))
    assert event["event"] == "no answer to *** from redis://:***@127.0.0.1/0"
    assert "верблюд" not in event["why"]


def test_what_led_to_a_fault_is_told_too(told: Told) -> None:
    def work(log: logging.Logger) -> None:
        try:
            fail(LookupError(PERSON), cause=KeyError(PERSON))
        except LookupError:
            log.exception("task.fault")

    fault = told(work)["fault"]
    assert fault.index("KeyError") < fault.index("LookupError")
    assert PERSON not in fault


ACCEPTED = Accepted((Part(0, {"id": f"{ADDRESS}-1"}),))


def everything(platform: Platform) -> list[str]:
    """One announcement to many people who all fare differently; gives the addresses."""
    outcomes: list[Any] = [
        ACCEPTED,
        Deferred(Reason.GREYLISTED, detail=f"try later, {ADDRESS}"),
        Rejected(Reason.CONTENT, detail=f"«{BODY}»"),
        Unreachable(Reason.NOT_FOUND, detail=f"no {ADDRESS}"),
        Unconfirmed(detail=f"lost {ADDRESS}"),
        Deferred(Reason.RATE_LIMITED, 0.01, scope=Scope.CHANNEL, detail=ADDRESS),
        Deferred(Reason.CREDENTIALS, scope=Scope.CHANNEL, detail=f"who is {ADDRESS}?"),
        LookupError(f"{PERSON} at {ADDRESS}: {BODY}"),
    ]
    for number, outcome in enumerate(outcomes):
        person = school.guardian(f"{PERSON} {number}", groups=())
        person.pupils.set([school.pupil(f"{CHILD} {number}", "1А")])
        place = school.address(person, "alpha", f"{ADDRESS}{number}")
        platform.script[place.value] = [outcome]
        school.address(person, "beta", f"{ADDRESS}{number}", preference=1)
    return list(platform.script)


def played(of: Office, platform: Platform) -> None:
    """The life of the announcement, with every trouble there is."""
    text = {"title": TITLE, "body": f"{BODY}, {{{{ имя }}}} и {{{{ дети }}}}!"}
    made = school.announcement("1А", importance=Importance.IMPORTANT, **text)
    school.announcement("1А", release_at=school.NOON, title=TITLE, body="{{ " + BODY + " }}")
    release(of, made, now=school.NOON)
    for _ in range(len(platform.script) * 2):
        tasks.send("alpha")
        tasks.send("beta")
        open_channel("alpha")
        school.Delivery.objects.update(due_at=school.NOON)
        sweep(of, timezone.now())


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_no_event_of_a_whole_sending_holds_an_address_a_name_or_a_text(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    platform = Platform(concurrency=1)
    of = office(platform, outlet(Platform(), "beta"))
    monkeypatch.setattr(tasks, "office", lambda: of)
    addresses = everything(platform)
    played(of, platform)
    events = "\n".join(map(EventFormatter().format, caplog.records))
    assert {envelope.address for envelope in platform.arrived} == set(addresses)
    assert {"task.fault", "channel.paused", "sweep.set_aside", "sweep.recovered"} <= {
        record.message for record in caplog.records
    }
    for private in (PERSON, CHILD, ADDRESS, TITLE, BODY):
        assert private not in events


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_fault_names_the_channel_and_does_not_end_the_worker(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    [row] = school.waiting(1)
    assert row.address is not None
    of = office(Platform({row.address.value: [LookupError()]}))
    monkeypatch.setattr(tasks, "office", lambda: of)
    tasks.send("alpha")
    [record] = [record for record in caplog.records if record.message == "task.fault"]
    assert (record.task, record.channel) == ("send", "alpha")  # type: ignore[attr-defined]
    assert drained(of) == 0
