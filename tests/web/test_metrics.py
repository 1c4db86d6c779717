"""What Prometheus is told, and who may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from broadcaster.bootstrap import office
from broadcaster.contract import Reason
from broadcaster.domain.alarms import Trouble
from broadcaster.domain.states import State
from broadcaster.services.counting import Copies, Tally
from broadcaster.store.models import Alarm, Receipt
from broadcaster.store.queries.heartbeats import SWEEP, beat
from broadcaster.store.queries.lanes import pause_channel
from broadcaster.web import metrics
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

TOKEN = "of-a-test"
Read = Callable[[], dict[str, list[Sample]]]


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings name a token; nothing has been counted yet."""
    monkeypatch.setenv("METRICS_TOKEN", TOKEN)
    monkeypatch.setattr(metrics, "COPIES", Copies())
    monkeypatch.setattr(metrics, "TALLY", Tally())
    office.cache_clear()
    yield
    office.cache_clear()


@pytest.fixture
def read(client: Client) -> Read:
    """Asks as Prometheus does: name → samples."""

    def ask() -> dict[str, list[Sample]]:
        answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        families = text_string_to_metric_families(answer.content.decode())
        return {family.name: family.samples for family in families}

    return ask


def of(samples: list[Sample], **labels: str) -> list[float]:
    return [one.value for one in samples if labels.items() <= one.labels.items()]


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, "Bearer ёж"])
def test_without_the_token_there_is_nothing_here(client: Client, shown: str) -> None:
    answer = client.get("/metrics", HTTP_AUTHORIZATION=shown)
    assert answer.status_code == 404


def test_without_a_token_in_the_settings_nobody_may_ask(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "")
    office.cache_clear()
    for shown in ("Bearer ", "Bearer"):
        assert client.get("/metrics", HTTP_AUTHORIZATION=shown).status_code == 404


def test_the_token_is_in_no_repr() -> None:
    assert TOKEN not in repr(office()) + repr(office().metrics)


def test_every_family_has_help_and_is_valid(client: Client, read: Read) -> None:
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer["Content-Type"].startswith("text/plain; version=")
    families = list(text_string_to_metric_families(answer.content.decode()))
    assert len(families) > 10
    assert all(one.documentation and one.name.startswith("broadcaster_") for one in families)


def test_a_waiting_copy_is_told_by_channel(read: Read) -> None:
    [copy] = school.waiting(1, "site")
    told = read()
    assert of(told["broadcaster_queue_copies"], channel="site") == [1]
    assert of(told["broadcaster_copies"], channel="site", state="queued") == [1]
    age = (datetime.now(UTC) - copy.due_at).total_seconds()
    assert of(told["broadcaster_oldest_due_seconds"], channel="site") == [pytest.approx(age, abs=9)]


def test_a_shut_channel_is_told(read: Read) -> None:
    pause_channel("site", now=datetime.now(UTC), reason=Reason.CREDENTIALS, detail="")
    told = read()["broadcaster_channel_standing"]
    assert of(told, channel="site", standing="shut") == [1]
    assert of(told, channel="site", standing="open") == [0]


def test_answers_are_a_counter_that_never_goes_back(read: Read) -> None:
    assert of(read()["broadcaster_answers"]) == []
    place = school.address(school.guardian(), "site")
    copy = school.copy(place, state=State.SENT)
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    for expected in (1, 2):
        Receipt.objects.create(delivery=copy, attempt=expected, at=long_ago, outcome="accepted")
        counted = read()["broadcaster_answers"]
        assert of(counted, channel="site", outcome="accepted") == [expected]


def test_an_open_alarm_is_told(read: Read) -> None:
    now = datetime.now(UTC)
    Alarm.objects.create(kind=Trouble.STUCK, part="vk", since=now, noticed_at=now)
    Alarm.objects.create(kind=Trouble.DISK, part="", since=now, noticed_at=now, until=now)
    [sample] = read()["broadcaster_alarm_open"]
    assert sample.labels == {"kind": "stuck", "part": "vk"}


def test_the_age_of_signs_of_life_is_told(read: Read) -> None:
    beat(SWEEP, now=datetime.now(UTC) - timedelta(seconds=100))
    told = read()["broadcaster_heartbeat_age_seconds"]
    assert of(told, part="sweep") == [pytest.approx(100, abs=9)]
    assert of(told, part="worker") == [pytest.approx(100, abs=9)]


def test_durations_are_told_by_view_and_never_by_address(client: Client, read: Read) -> None:
    client.get("/u/secret-token-of-a-family")
    told = read()["broadcaster_request_duration_seconds"]
    assert of([one for one in told if one.name.endswith("_count")], view="unsubscribe") >= [1]
    assert "secret-token" not in repr(told)


def test_nobody_is_named(read: Read) -> None:
    school.copy(school.address(school.guardian("Наталья Петрова"), "site", "mama@mail.example"))
    told = repr(read())
    assert "Петрова" not in told
    assert "mama" not in told


def test_all_copies_are_counted_once_a_minute_only(read: Read) -> None:
    copies = Copies()
    now = datetime.now(UTC)
    copies.at(now)
    school.waiting(1, "site")
    assert copies.at(now + timedelta(seconds=59)) == []
    assert copies.at(now + timedelta(seconds=60)) == [("site", "queued", 1)]


def test_a_database_that_is_away_is_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def away(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(metrics, "look", away)
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 503
