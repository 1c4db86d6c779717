"""Other programs hear once that an announcement has ended: signed, retried, nowhere it must not."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest

from broadcaster import tasks
from broadcaster.config import Webhooks
from broadcaster.domain.calls import MOST_TRIES, Event, Unsafe, signature
from broadcaster.domain.states import State
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.calling import ask_all
from broadcaster.services.calls import Call
from broadcaster.services.control import cancel
from broadcaster.services.sweep import sweep
from broadcaster.services.webhooks import (
    UnsafeAddress,
    add_webhook,
    call_due,
    calls_due,
    drop_webhook,
    latest_calls,
    start_webhook,
    stop_webhook,
    try_webhook,
)
from broadcaster.store.models import Announcement, AuditEntry, Delivery, Webhook, WebhookCall
from tests import school
from tests.school import NOON
from tests.services.stage import Platform, office

pytestmark = [pytest.mark.database, pytest.mark.django_db]

HERE = Webhooks(allow_private=True, timeout=2.0)
STRICT = Webhooks(allow_private=False, timeout=2.0)
BOTH = [Event.FINISHED, Event.FAILED]
BEFORE = NOON - timedelta(hours=1)


@dataclass
class Receiver:
    """Another program on this machine: what it has got, and what it answers in turn, then 200."""

    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def events(self) -> list[str]:
        return [json.loads(body)["type"] for _headers, body in self.got]


@contextmanager
def listening() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append((headers, body))
            self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
            self.send_header("location", receiver.url + "elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        receiver.url = f"http://127.0.0.1:{server.server_port}/"
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as one:
        yield one


def hooked(receiver: Receiver, *events: Event) -> Webhook:
    return add_webhook(receiver.url, events or BOTH, HERE, by=COMMAND_LINE, now=BEFORE)


def news(*states: State, **also: Any) -> UUID:
    """A released announcement with copies in these states, each for another person."""
    made = school.announcement(**({"released_at": NOON} | also))
    for copy, state in zip(school.waiting(len(states), of=made), states, strict=True):
        Delivery.objects.filter(pk=copy.pk).update(state=state)
    return made


def swept(now: datetime = NOON) -> None:
    sweep(office(Platform()), now)


def called(now: datetime = NOON) -> int:
    return call_due(HERE, now=now)


def told() -> list[tuple[str, str]]:
    return [(one.event, one.subject) for one in reversed(latest_calls(50))]


def test_what_has_ended_is_told(receiver: Receiver) -> None:
    hooked(receiver)
    made = news(State.SENT, State.DELIVERED)
    swept()
    assert (called(), receiver.events) == (1, ["announcement.finished"])
    assert json.loads(receiver.got[0][1])["data"] == {
        "announcement": str(made),
        "importance": "routine",
        "released_at": NOON.isoformat(),
        "cancelled_at": None,
        "failed": False,
        "people": {"all": 2, "reached": 2},
        "places": {"all": 0, "reached": 0},
    }


def test_it_is_told_once(receiver: Receiver) -> None:
    hooked(receiver)
    news(State.SENT, State.FAILED)
    for _ in range(3):
        swept()
        called()
    assert sorted(receiver.events) == ["announcement.failed", "announcement.finished"]


@pytest.mark.parametrize("state", [State.QUEUED, State.HELD, State.DEFERRED, State.SENDING])
def test_what_is_under_way_is_not_told(receiver: Receiver, state: State) -> None:
    hooked(receiver)
    made = news(State.SENT, state)
    Delivery.objects.filter(announcement=made).update(due_at=NOON + timedelta(days=1))
    lane = school.lane()
    Delivery.objects.filter(state=State.SENDING).update(lane=lane)
    swept()
    assert told() == []


@pytest.mark.parametrize("state", [State.FAILED, State.EXPIRED, State.SKIPPED, State.UNCONFIRMED])
def test_a_person_whom_nothing_reached_is_a_failure(receiver: Receiver, state: State) -> None:
    hooked(receiver, Event.FAILED)
    made = news(State.SENT, state)
    swept()
    assert told() == [("announcement.failed", str(made))]


def test_a_person_reached_elsewhere_is_no_failure(receiver: Receiver) -> None:
    hooked(receiver, Event.FAILED)
    made = news()
    person = school.guardian()
    school.copy(school.address(person, "alpha"), made, state=State.FAILED)
    school.copy(school.address(person, "beta"), made, state=State.SENT)
    swept()
    assert told() == []


def test_a_place_without_its_copy_is_a_failure(receiver: Receiver) -> None:
    hooked(receiver, Event.FAILED)
    made = news()
    school.copy(school.destination("alpha"), made, state=State.FAILED)
    swept()
    assert told() == [("announcement.failed", str(made))]


def test_a_place_that_was_not_meant_is_no_failure(receiver: Receiver) -> None:
    hooked(receiver, Event.FAILED)
    made = news(State.SENT)
    school.copy(school.destination("alpha"), made, state=State.SKIPPED)
    swept()
    assert told() == []


def test_a_failed_copy_that_is_made_up_for_is_not_the_end(receiver: Receiver) -> None:
    hooked(receiver)
    made = news()
    person = school.guardian()
    school.address(person, "beta", preference=1)
    school.copy(school.address(person, "alpha"), made, state=State.FAILED)
    one = office(Platform())
    both = office(*one.outlets.values(), *[_named("beta")])
    sweep(both, NOON)
    assert Delivery.objects.filter(announcement=made).count() == 2
    assert told() == []


def _named(name: str) -> Any:
    from tests.services.stage import outlet

    return outlet(Platform(), name)


def test_what_was_cancelled_has_ended_but_not_failed(receiver: Receiver) -> None:
    hooked(receiver)
    made = news(State.SENT, State.QUEUED)
    cancel(made, now=NOON)
    swept()
    assert told() == [("announcement.finished", str(made))]


def test_what_could_not_be_released_has_failed(receiver: Receiver) -> None:
    hooked(receiver)
    made = school.announcement(release_at=NOON, paused_at=NOON, problem="нельзя")
    swept()
    swept()
    assert told() == [("announcement.failed", str(made))]


def test_what_ended_before_a_webhook_was_made_is_not_its_business(receiver: Receiver) -> None:
    hooked(receiver)
    news(State.SENT, released_at=BEFORE - timedelta(days=1))
    swept()
    assert told() == []


def test_nothing_that_names_a_family_leaves(receiver: Receiver) -> None:
    hooked(receiver)
    person = school.guardian("Анна Петровна")
    made = school.announcement(released_at=NOON, title="Анна Петровна, зайдите")
    school.copy(school.address(person, "alpha", "anna@example.org"), made, state=State.FAILED)
    swept()
    called()
    said = " ".join(body.decode() for _headers, body in receiver.got)
    assert "Анна" not in said
    assert "anna" not in said


def test_a_call_can_be_verified(receiver: Receiver) -> None:
    webhook = hooked(receiver)
    news(State.SENT)
    swept()
    called()
    ((headers, body),) = receiver.got
    made = signature(
        webhook.secret,
        call=headers["webhook-id"],
        timestamp=int(headers["webhook-timestamp"]),
        body=body,
    )
    assert headers["webhook-signature"] == made


def test_the_timestamp_is_now(receiver: Receiver) -> None:
    try_webhook(hooked(receiver).pk, HERE, now=NOON)
    ((headers, _body),) = receiver.got
    assert abs(int(headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60


def test_what_was_not_heard_is_told_again_under_the_same_id(receiver: Receiver) -> None:
    hooked(receiver, Event.FINISHED)
    receiver.answers = [500]
    news(State.SENT)
    swept()
    assert called() == 0
    assert called(datetime.now(UTC) + timedelta(minutes=1)) == 1
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    assert len(receiver.got) == 2


def test_a_row_whose_number_comes_again_after_a_restore_has_an_id_of_its_own(
    receiver: Receiver,
) -> None:
    hooked(receiver, Event.FINISHED)
    for _ in range(2):
        Announcement.objects.all().delete()
        WebhookCall.objects.all().delete()
        news(State.SENT)
        swept()
        WebhookCall.objects.update(id=1)
        called()
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 2


def test_it_is_not_told_again_before_its_time(receiver: Receiver) -> None:
    hooked(receiver, Event.FINISHED)
    receiver.answers = [500]
    news(State.SENT)
    swept()
    called()
    assert not calls_due(datetime.now(UTC))


def test_who_never_hears_is_stopped_and_it_shows(receiver: Receiver) -> None:
    hooked(receiver, Event.FINISHED)
    receiver.answers = [500] * MOST_TRIES
    news(State.SENT)
    swept()
    for day in range(MOST_TRIES):
        called(datetime.now(UTC) + timedelta(days=day))
    assert Webhook.objects.get().stopped_at is not None
    assert latest_calls(1)[0].answer == "500"
    entry = AuditEntry.objects.get(action="webhook_changed", facts={"change": "stopped"})
    assert entry.actor == "broadcaster"


def test_who_is_gone_is_stopped_at_once(receiver: Receiver) -> None:
    hooked(receiver, Event.FINISHED)
    receiver.answers = [410]
    news(State.SENT)
    swept()
    called()
    assert Webhook.objects.get().stopped_at is not None


def test_who_starts_again_hears_what_was_missed(receiver: Receiver) -> None:
    webhook = hooked(receiver, Event.FINISHED)
    stop_webhook(webhook.pk, by=COMMAND_LINE, now=NOON)
    news(State.SENT)
    swept()
    assert called() == 0
    start_webhook(webhook.pk, by=COMMAND_LINE, now=NOON)
    swept()
    assert called() == 1


def test_a_redirection_is_not_followed(receiver: Receiver) -> None:
    webhook = hooked(receiver)
    receiver.answers = [302]
    assert try_webhook(webhook.pk, HERE, now=NOON) == "302"
    assert len(receiver.got) == 1


def test_a_neighbour_is_not_called_unless_the_school_allows_it(receiver: Receiver) -> None:
    webhook = hooked(receiver)
    assert try_webhook(webhook.pk, STRICT, now=NOON) == "private"
    assert receiver.got == []


def test_a_name_that_leads_to_a_neighbour_is_not_called() -> None:
    call = Call("call_1", f"https://{socket.gethostname()}:9/", "whsec_aaaa", {})
    assert ask_all([call], STRICT) == ["private"]


def test_a_closed_door_is_told(receiver: Receiver) -> None:
    webhook = hooked(receiver)
    Webhook.objects.filter(pk=webhook.pk).update(url="http://127.0.0.1:9/")
    assert try_webhook(webhook.pk, HERE, now=NOON) == "connection"


def test_an_unsafe_address_is_not_kept() -> None:
    with pytest.raises(UnsafeAddress) as refusal:
        add_webhook("http://diary.example/", BOTH, STRICT, by=COMMAND_LINE, now=NOON)
    assert refusal.value.why is Unsafe.NOT_HTTPS
    assert not Webhook.objects.exists()


def test_a_dropped_webhook_hears_nothing(receiver: Receiver) -> None:
    webhook = hooked(receiver)
    news(State.SENT)
    swept()
    drop_webhook(webhook.pk, by=COMMAND_LINE, now=NOON)
    assert (called(), WebhookCall.objects.count()) == (0, 0)


def test_two_workers_make_a_call_once(receiver: Receiver) -> None:
    hooked(receiver, Event.FINISHED)
    news(State.SENT)
    swept()
    row = WebhookCall.objects.get()
    WebhookCall.objects.filter(pk=row.pk).update(due_at=NOON + timedelta(minutes=2), attempts=1)
    assert called() == 0


def test_the_task_makes_the_calls_by_the_schools_rules(receiver: Receiver) -> None:
    hooked(receiver, Event.FINISHED)
    news(State.SENT)
    swept()
    tasks.call()
    assert (latest_calls(1)[0].answer, receiver.got) == ("private", [])


def test_a_sweep_without_webhooks_asks_little(django_assert_max_num_queries: Any) -> None:
    from broadcaster.services.ends import end_seen, tell

    news(State.SENT)
    with django_assert_max_num_queries(2):
        tell(end_seen(NOON), now=NOON)
    assert Announcement.objects.count() == 1
