"""A fault that repeats itself does not fill the log, and nothing else is lost from it."""

from __future__ import annotations

import logging

import pytest
from django.db import OperationalError

from broadcaster.repeated_faults import EVERY, MOST, RepeatedFaults

AWAY = OperationalError("connection failed")


@pytest.fixture
def faults() -> RepeatedFaults:
    return RepeatedFaults(logging.getLogger("broadcaster.tests.repeated"))


def events(caplog: pytest.LogCaptureFixture) -> list[tuple[str, bool]]:
    """Each line's event and whether it is told with its traceback."""
    return [(record.message, record.exc_info is not None) for record in caplog.records]


def test_the_same_fault_is_told_whole_once_and_then_in_a_line_a_minute(
    faults: RepeatedFaults, caplog: pytest.LogCaptureFixture
) -> None:
    for second in range(0, int(EVERY) * 2 + 1, 2):
        faults.tell(AWAY, "sweep", now=float(second))
    assert events(caplog) == [("task.fault", True), *[("task.fault_goes_on", False)] * 2]
    assert vars(caplog.records[1])["times"] == 29


@pytest.mark.parametrize(
    ("fault", "task"),
    [(OperationalError("deadlock"), "sweep"), (ValueError("connection failed"), "sweep"),
     (AWAY, "calendar")],
)  # fmt: skip
def test_another_fault_is_told_whole_meanwhile(
    faults: RepeatedFaults, caplog: pytest.LogCaptureFixture, fault: Exception, task: str
) -> None:
    faults.tell(AWAY, "sweep", now=0.0)
    faults.tell(fault, task, now=1.0)
    assert events(caplog) == [("task.fault", True)] * 2


def test_after_work_that_went_well_a_fault_is_told_whole_again(
    faults: RepeatedFaults, caplog: pytest.LogCaptureFixture
) -> None:
    faults.tell(AWAY, "sweep", now=0.0)
    faults.over("sweep")
    faults.tell(AWAY, "sweep", now=1.0)
    assert events(caplog) == [("task.fault", True)] * 2


def test_work_that_goes_well_on_one_channel_says_nothing_of_another(
    faults: RepeatedFaults, caplog: pytest.LogCaptureFixture
) -> None:
    faults.tell(AWAY, "send", now=0.0, channel="vk")
    faults.over("send", channel="email")
    faults.tell(AWAY, "send", now=1.0, channel="vk")
    assert events(caplog) == [("task.fault", True)]


def test_words_that_are_new_each_time_do_not_fill_the_memory(
    faults: RepeatedFaults, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(MOST * 3):
        faults.tell(ValueError(str(number)), "sweep", now=0.0)
    assert len(caplog.records) == MOST * 3
    assert len(faults._last) <= MOST
