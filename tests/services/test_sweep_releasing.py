"""Scheduled announcements leave at their time; one with a mistake is set aside."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcaster.services import control
from broadcaster.services.follow import report
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Announcement, Delivery, Revision
from broadcaster.store.queries.heartbeats import SWEEP, last_beat
from tests import school
from tests.services.sweep_stage import MORNING, NIGHT, NOW, QUIET, both, copy, scheduled

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_a_scheduled_announcement_is_released_at_its_time() -> None:
    school.guardian(alpha="here")
    scheduled()
    assert sweep(both(), NOW - timedelta(seconds=1)) == []
    assert sweep(both(), NOW) == ["alpha"]
    assert Announcement.objects.get().released_at == NOW


def test_a_scheduled_announcement_is_released_once() -> None:
    school.guardian(alpha="here")
    scheduled()
    for _ in range(3):
        sweep(both(), NOW)
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("stop", [control.pause, control.cancel])
def test_a_stopped_announcement_is_not_released(stop: Any) -> None:
    made = scheduled()
    stop(made, now=NOW)
    sweep(both(), NOW)
    assert Announcement.objects.get().released_at is None


def test_a_paused_announcement_is_released_when_it_is_resumed() -> None:
    made = scheduled()
    control.pause(made, now=NOW)
    control.resume(made)
    sweep(both(), NOW)
    assert Announcement.objects.get().released_at == NOW


def test_a_scheduled_announcement_of_the_night_waits_for_the_morning() -> None:
    school.guardian(alpha="here")
    scheduled(NIGHT)
    assert sweep(both(quiet=QUIET), NIGHT) == []
    assert Delivery.objects.get().due_at == MORNING


def test_one_announcement_with_a_mistake_stops_nothing_else() -> None:
    school.guardian(alpha="here")
    broken = scheduled(body="{{ пароль }}")
    whole = scheduled()
    copy("beta")
    assert sorted(sweep(both(), NOW)) == ["alpha", "beta"]
    assert Announcement.objects.get(pk=whole).released_at == NOW
    assert Announcement.objects.get(pk=broken).released_at is None
    assert last_beat(SWEEP) == NOW


def test_a_fault_in_one_announcement_stops_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    broken = scheduled()
    Revision.objects.filter(announcement=broken).delete()
    whole = scheduled()
    sweep(both(), NOW)
    assert Announcement.objects.get(pk=whole).released_at == NOW
    assert "журнале" in Announcement.objects.get(pk=broken).problem
    [record] = caplog.records
    assert (record.message, record.exc_info is None) == ("sweep.set_aside", False)


def test_an_announcement_with_a_mistake_shows_its_problem() -> None:
    made = scheduled(body="{{ пароль }}")
    sweep(both(), NOW)
    assert "{{ пароль }}" in report(made).standing.problem
    assert not report(made).complete


def test_an_announcement_with_a_mistake_is_told_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = scheduled(body="{{ пароль }}")
    for _ in range(3):
        sweep(both(), NOW)
    [record] = caplog.records
    assert (record.message, record.announcement) == (  # type: ignore[attr-defined]
        "sweep.set_aside", str(made),
    )  # fmt: skip


def test_an_announcement_with_a_mistake_is_released_when_it_is_mended(tmp_path: Path) -> None:
    template = tmp_path / "alpha" / "message.txt.j2"
    template.parent.mkdir()
    template.write_text("{{ announcement.bodi }}", "utf-8")
    made, of = scheduled(), both(templates=tmp_path)
    sweep(of, NOW)
    template.write_text("{{ announcement.body }}", "utf-8")
    sweep(of, NOW)
    assert Announcement.objects.get().released_at is None
    control.resume(made)
    sweep(of, NOW)
    row = Announcement.objects.get()
    assert (row.released_at, row.problem) == (NOW, "")
