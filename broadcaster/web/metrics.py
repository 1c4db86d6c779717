"""What Prometheus is told: /metrics, for whoever shows the token of the settings.

Every figure about the school's work comes from the database, so that it does not matter which
process is asked; only the durations of requests are this process's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from secrets import compare_digest

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from broadcaster.bootstrap import office
from broadcaster.domain.health import ChannelHealth, Health, Standing
from broadcaster.services.counting import COPIES, TALLY
from broadcaster.services.health import look
from broadcaster.store.models import Alarm
from broadcaster.web.measuring import REGISTRY

PREFIX = "broadcaster"


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything, in the text form of Prometheus; without the right token there is nothing here."""
    if not _has_token(request):
        raise Http404
    try:
        return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
    except DatabaseError:
        return HttpResponse("no database\n", status=503, content_type="text/plain")


def _has_token(request: HttpRequest) -> bool:
    token = office().metrics.token.reveal()
    shown = request.headers.get("Authorization", "")
    return bool(token) and compare_digest(shown.encode(), f"Bearer {token}".encode())


class School(Collector):
    """Asks the database anew each time; labels hold channels, states and kinds, never a person."""

    def collect(self) -> Iterator[Metric]:
        """All families."""
        now = datetime.now(UTC)
        health = look(office(), now)
        yield from _channels(health)
        yield from _parts(health)
        yield _copies(now)
        yield _answers(now)
        yield _alarms()

    def describe(self) -> Iterator[Metric]:
        """Nothing: the registry must not ask the database when it starts."""
        return iter(())


def _gauge(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", words, labels=labels)


def _channels(health: Health) -> Iterator[Metric]:
    standing = _gauge("channel_standing", "1 for what the channel is now.", "channel", "standing")
    for one in health.channels:
        for each in Standing:
            standing.add_metric([one.name, each], float(one.standing(health.at) is each))
    yield standing
    for name, words in FIGURES.items():
        family = _gauge(name, words, "channel")
        for one in health.channels:
            if (value := _figure(one, name, health.at)) is not None:
                family.add_metric([one.name], value)
        yield family


FIGURES = {
    "queue_copies": "Copies that wait their turn.",
    "held_copies": "Copies that wait for the morning or for their author.",
    "oldest_due_seconds": "For how long the oldest of the copies that wait could have left.",
    "last_success_timestamp_seconds": "When the platform last took a copy.",
    "hold_seconds": "For how long the platform still wants us to wait.",
    "lanes": "Workers that send now.",
}


def _figure(one: ChannelHealth, name: str, now: datetime) -> float | None:
    match name:
        case "queue_copies":
            return one.waiting
        case "held_copies":
            return one.held
        case "oldest_due_seconds":
            return (now - one.oldest_due).total_seconds() if one.oldest_due else 0.0
        case "last_success_timestamp_seconds":
            return one.last_success_at.timestamp() if one.last_success_at else None
        case "hold_seconds":
            return max((one.hold_until - now).total_seconds(), 0.0) if one.hold_until else 0.0
        case _:
            return one.lanes


def _parts(health: Health) -> Iterator[Metric]:
    silence = _gauge("heartbeat_age_seconds", "For how long a part has shown no life.", "part")
    for part, at in (("worker", health.worker_at), ("sweep", health.sweep_at)):
        if (age := health.silence(at)) is not None:
            silence.add_metric([part], age.total_seconds())
    yield silence
    broker = _gauge("broker_up", "1 when the broker can be reached.")
    broker.add_metric([], float(not health.queue_problem))
    yield broker
    free = _gauge("disk_free_bytes", "What is left of the disk under BROADCASTER_HOME.")
    free.add_metric([], health.disk_free)
    yield free


def _copies(now: datetime) -> Metric:
    family = _gauge("copies", "All copies there are, by channel and state.", "channel", "state")
    for channel, state, count in COPIES.at(now):
        family.add_metric([channel, state], count)
    return family


def _answers(now: datetime) -> Metric:
    words = "Answers of the platforms since this process was first asked."
    family = CounterMetricFamily(f"{PREFIX}_answers", words, labels=("channel", "outcome"))
    for (channel, outcome), count in TALLY.at(now).items():
        family.add_metric([channel, outcome], count)
    return family


def _alarms() -> Metric:
    family = _gauge("alarm_open", "1 for each alarm that is open.", "kind", "part")
    for kind, part in Alarm.objects.filter(until=None).values_list("kind", "part"):
        family.add_metric([kind, part], 1)
    return family


REGISTRY.register(School())

urlpatterns = [path("metrics", metrics, name="metrics")]
