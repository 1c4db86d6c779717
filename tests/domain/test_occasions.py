"""The dates of an item: their moments, and that each comes to one end whatever the clock does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.domain.days_off import SchoolDays, Shift, Year
from broadcaster.domain.occasions import (
    GRACE,
    Birth,
    Missed,
    Rhythm,
    Skipped,
    Stage,
    Step,
    Unanswered,
    births,
    moment,
    next_step,
    occasions,
)
from broadcaster.domain.permissions import Role
from broadcaster.domain.recurrence import recurrence

MOSCOW, BERLIN, OMSK = (ZoneInfo(name) for name in ("Europe/Moscow", "Europe/Berlin", "Asia/Omsk"))
NEW_YEAR = {date(2027, 1, day): "каникулы" for day in range(1, 11)}
DAYS = SchoolDays(5, {2027: Year(off=NEW_YEAR)})
EVERY_DAY = SchoolDays(7)


def rhythm(rule: str = "FREQ=DAILY", **different: object) -> Rhythm:
    """Every day at 16:00, nobody asked, no days ahead."""
    plain = Rhythm(
        rule=recurrence(rule), at=time(16), shift=Shift.STAY, lead=timedelta(), consent=None
    )
    return replace(plain, **different)  # type: ignore[arg-type]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_date_leaves_at_its_time_on_the_schools_clock() -> None:
    at = moment(rhythm(), date(2026, 11, 5), zone=MOSCOW, days=DAYS)
    assert at == utc("2026-11-05 13:00")


def test_an_hour_that_the_clock_leaps_over_is_taken_an_hour_later() -> None:
    at = moment(rhythm(at=time(2, 30)), date(2027, 3, 28), zone=BERLIN, days=EVERY_DAY)
    assert at.astimezone(BERLIN).time() == time(3, 30)


def test_an_hour_that_comes_twice_is_taken_the_first_time() -> None:
    at = moment(rhythm(at=time(2, 30)), date(2026, 10, 25), zone=BERLIN, days=EVERY_DAY)
    assert at == utc("2026-10-25 00:30")


def test_a_date_in_the_new_years_holidays_moves_to_the_day_before_or_after_them() -> None:
    day = date(2027, 1, 5)
    moved = {
        shift: moment(rhythm(shift=shift), day, zone=MOSCOW, days=DAYS).date() for shift in Shift
    }
    assert moved == {
        Shift.STAY: day,
        Shift.NEXT: date(2027, 1, 11),
        Shift.PREVIOUS: date(2026, 12, 31),
    }


def test_of_the_dates_that_days_off_move_to_one_day_one_is_sent() -> None:
    found = occasions(
        rhythm(shift=Shift.NEXT), date(2026, 11, 20), date(2026, 11, 24), zone=MOSCOW, days=DAYS
    )
    assert [(one.day.day, one.coincides) for one in found] == [
        (20, False),
        (21, True),
        (22, True),
        (23, False),
        (24, False),
    ]


@pytest.mark.parametrize("first", [date(2026, 12, 20), date(2027, 1, 3), date(2027, 1, 9)])
def test_which_of_them_is_sent_does_not_depend_on_where_one_looks_from(first: date) -> None:
    every = rhythm(shift=Shift.NEXT)
    whole = occasions(every, date(2026, 12, 1), date(2027, 1, 31), zone=MOSCOW, days=DAYS)
    part = occasions(every, first, date(2027, 1, 31), zone=MOSCOW, days=DAYS)
    assert part == [one for one in whole if one.day >= first]


@dataclass
class World:
    """What a database would hold of one item, and what was sent when."""

    since: datetime
    seen_at: datetime
    open: dict[date, Birth] = field(default_factory=dict)
    ended: dict[date, Skipped | None] = field(default_factory=dict)
    sent: list[tuple[date, datetime]] = field(default_factory=list)
    answers: dict[date, Stage] = field(default_factory=dict)

    def tick(self, item: Rhythm, now: datetime, *, zone: ZoneInfo, days: SchoolDays) -> None:
        """One beat."""
        new = births(
            item,
            known={*self.open, *self.ended},
            since=self.since,
            seen_at=self.seen_at,
            now=now,
            zone=zone,
            days=days,
        )
        for birth in new:
            assert birth.occasion.day not in self.ended
            if birth.skipped:
                self.ended[birth.occasion.day] = birth.skipped
            else:
                self.open[birth.occasion.day] = birth
        self.seen_at = now
        self._go(item, now)

    def _go(self, item: Rhythm, now: datetime) -> None:
        due = [one.occasion.send_at for one in self.open.values() if one.occasion.send_at <= now]
        for day, birth in list(self.open.items()):
            nobody = Stage.READY if item.consent is None else Stage.ASKED
            step = next_step(
                item,
                stage=self.answers.get(day, nobody),
                send_at=birth.occasion.send_at,
                decide_by=birth.decide_by,
                later_due=max(due, default=now) > birth.occasion.send_at,
                now=now,
            )
            if step is Step.WAIT:
                continue
            del self.open[day]
            self.ended[day] = step if isinstance(step, Skipped) else None
            if step is Step.SEND:
                self.sent.append((day, now))


BEGIN = utc("2026-01-01 00:00")
RULES = (
    "FREQ=DAILY",
    "FREQ=WEEKLY;BYDAY=FR",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYDAY=-1SU",
    "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1,2,3,4,5,6,7,8,9,10",
)


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    return rhythm(
        draw(st.sampled_from(RULES)),
        at=draw(st.sampled_from([time(0), time(2, 30), time(16), time(23, 59)])),
        shift=draw(st.sampled_from(list(Shift))),
        lead=timedelta(days=draw(st.sampled_from([0, 1, 7, 30]))),
        consent=draw(st.sampled_from([None, Role.APPROVER])),
        unanswered=draw(st.sampled_from(list(Unanswered))),
        missed=draw(st.sampled_from(list(Missed))),
        patience=timedelta(days=draw(st.sampled_from([0, 1, 3, 10]))),
    )


GAPS = st.lists(
    st.one_of(
        st.integers(0, 60),  # two beats at once, or soon after each other
        st.integers(60, 24 * 60),
        st.integers(24 * 60, 40 * 24 * 60),  # switched off for days
    ),
    min_size=5,
    max_size=60,
)
"""Minutes between beats."""


@settings(max_examples=150, deadline=None)
@given(rhythms(), GAPS, st.sampled_from([MOSCOW, BERLIN]), st.data())
def test_every_date_comes_to_one_end_and_none_is_left_out(
    item: Rhythm, gaps: list[int], zone: ZoneInfo, data: st.DataObject
) -> None:
    start = BEGIN + timedelta(hours=data.draw(st.integers(0, 10 * 365 * 24)))
    world, now = World(start, start), start
    for gap in gaps:
        now += timedelta(minutes=gap)
        world.tick(item, now, zone=zone, days=DAYS)
        if world.open and data.draw(st.booleans()):
            answer = st.sampled_from([Stage.READY, Stage.OPEN])
            world.answers[data.draw(st.sampled_from(sorted(world.open)))] = data.draw(answer)
    days = [day for day, _at in world.sent]
    assert len(days) == len(set(days))
    span = (start - timedelta(days=40)).date(), (now + timedelta(days=40)).date()
    for one in occasions(item, *span, zone=zone, days=DAYS):
        if start <= one.send_at <= now:
            assert one.day in world.ended or one.day in world.open


@settings(max_examples=60, deadline=None)
@given(rhythms(), GAPS, st.data())
def test_nothing_leaves_before_its_time_or_later_than_its_rule_allows(
    item: Rhythm, gaps: list[int], data: st.DataObject
) -> None:
    start = BEGIN + timedelta(hours=data.draw(st.integers(0, 10 * 365 * 24)))
    world, now = World(start, start), start
    due: dict[date, Birth] = {}
    for gap in gaps:
        now += timedelta(minutes=gap)
        world.tick(item, now, zone=MOSCOW, days=DAYS)
        due |= world.open
        for day, at in world.sent:
            birth = due.get(day)
            if birth is not None:
                leave_by = max(birth.occasion.send_at, birth.decide_by)
                patience = GRACE if item.missed is Missed.SKIP else max(GRACE, item.patience)
                assert birth.occasion.send_at <= at <= leave_by + patience


@settings(max_examples=60, deadline=None)
@given(rhythms(), GAPS, st.lists(st.sampled_from([MOSCOW, OMSK, BERLIN]), min_size=1), st.data())
def test_a_school_that_moves_its_clock_sends_no_date_twice(
    item: Rhythm, gaps: list[int], zones: list[ZoneInfo], data: st.DataObject
) -> None:
    world, now = World(BEGIN, BEGIN), BEGIN
    for number, gap in enumerate(gaps):
        back = data.draw(st.sampled_from([0, 0, 0, 90]))
        now += timedelta(minutes=gap - back)
        world.tick(item, now, zone=zones[number % len(zones)], days=DAYS)
    days = [day for day, _at in world.sent]
    assert len(days) == len(set(days))


@pytest.mark.parametrize("rule", RULES)
def test_three_years_of_an_item_that_needs_nobody_leave_each_at_its_hour(rule: str) -> None:
    item = rhythm(rule, shift=Shift.NEXT)
    world, now = World(BEGIN, BEGIN), BEGIN
    end = BEGIN + timedelta(days=3 * 365)
    while now < end:
        now += timedelta(hours=1)
        if now.hour == 13:  # four in the afternoon in Moscow
            world.tick(item, now, zone=MOSCOW, days=DAYS)
    wanted = occasions(item, BEGIN.date(), end.date(), zone=MOSCOW, days=DAYS)
    alone = [(one.day, one.send_at) for one in wanted if not one.coincides and one.send_at <= now]
    assert sorted(world.sent) == alone
