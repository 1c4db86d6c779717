"""The calendar's items: the shipped file, the school's own over it, each item checked by itself.

A wrong item is told with its file, its name and its key, and stays out; the others go on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from broadcaster.calendar_words import refusal_words
from broadcaster.config import ConfigMistake, build, laid_over, read_yaml
from broadcaster.config_values import ROOT, unknown
from broadcaster.domain.audience import EVERYBODY, audience, is_everybody
from broadcaster.domain.days_off import Shift
from broadcaster.domain.memos import Memo
from broadcaster.domain.occasions import Item, Missed, Rhythm, Unanswered
from broadcaster.domain.permissions import Role
from broadcaster.domain.policy import Importance
from broadcaster.domain.recurrence import Recurrence, RuleRefused, recurrence
from broadcaster.i18n import _
from broadcaster.services.calendar.memos import Library, memos
from broadcaster.services.calendar.own_files import own_place
from broadcaster.services.calendar.series import REMEMBERED, items_of_series
from broadcaster.services.outlets import Office
from broadcaster.store.queries.roll import all_group_names

SEASONAL = ROOT / "config" / "seasonal.yaml"
SHIPPED = SEASONAL
LONGEST_NAME, MOST_LEAD, MOST_LATE = 60, 60, 30
"""Characters of a name; days of `lead_days` and of `late_days`."""


class Consent(StrEnum):
    """Who is asked before an item's text leaves."""

    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    NONE = "none"


ROLES: Mapping[Consent, Role | None] = {
    Consent.APPROVER: Role.APPROVER,
    Consent.ADMINISTRATOR: Role.ADMINISTRATOR,
    Consent.NONE: None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item as the files have it; every key but `rule` and `time` has a default."""

    rule: str
    time: time
    begins: date | None = None
    memo: str = ""
    title: str = ""
    to: tuple[str, ...] = (EVERYBODY,)
    importance: Importance = Importance.IMPORTANT
    channels: tuple[str, ...] = ()
    lead_days: int = 7
    approval: Consent = Consent.APPROVER
    unanswered: Unanswered = Unanswered.SKIP
    shift: Shift = Shift.NEXT
    missed: Missed = Missed.SEND
    late_days: int = 3
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class ItemProblem:
    """What is wrong with an item; `item` and `key` are empty when it is the whole file."""

    file: Path
    item: str
    key: str
    text: str

    def __str__(self) -> str:
        where = ".".join(part for part in (self.item, self.key) if part)
        return f"{self.file}: {where}: {self.text}" if where else f"{self.file}: {self.text}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The items that are followed, by name, and what is wrong with others.

    `offered` are the files' items that could be followed, the calendar being on or off. `entries`
    are all items of the files that can be read, as they are written: those that are switched off or
    for nobody at this school too.
    `broken` are the names of items that cannot be followed now: what they have begun stays as it
    is. `readable` is False when a whole file is broken, and then any item may be.
    """

    items: Mapping[str, Item]
    offered: Mapping[str, Item]
    entries: Mapping[str, Entry]
    memos: Mapping[str, Memo]
    problems: tuple[ItemProblem, ...]
    broken: frozenset[str]
    readable: bool = True

    def is_broken(self, name: str) -> bool:
        """Whether nobody can tell now what the school wants of this item."""
        return not self.readable or name in self.broken


def own_calendar() -> Path:
    """The school's own items; the file need not exist."""
    return own_place(SEASONAL)


def calendar(office: Office, *, today: date) -> Calendar:
    """What is followed today: the school's items when the calendar is on, and every series."""
    found = read_calendar(
        own_calendar(), channels=office.outlets, groups=all_group_names(), today=today
    )
    series = items_of_series(today)
    if not office.calendar.enabled:
        return replace(found, items=series, broken=frozenset(), readable=True)
    return replace(found, items={**found.items, **series})


def read_calendar(
    own: Path, *, channels: Collection[str], groups: Collection[str], today: date
) -> Calendar:
    """The items of the shipped file and the school's `own`; reads no database.

    They are looked at again only when a file, a channel, a group or the day is another one.
    """
    stamps = (SHIPPED, _stamp(SHIPPED), _stamp(own) if own.exists() else None)
    try:
        return _looked_at(own, stamps, memos(), tuple(channels), tuple(groups), today)
    except ConfigMistake as mistake:
        problem = ItemProblem(mistake.file, "", mistake.key, mistake.problem)
        return Calendar({}, {}, {}, {}, (problem,), frozenset(), readable=False)


@lru_cache(maxsize=4)
def _looked_at(
    own: Path,
    _stamps: tuple[object, ...],
    library: Library,
    channels: tuple[str, ...],
    groups: tuple[str, ...],
    today: date,
) -> Calendar:
    checks = _Checks(own, library.memos, channels, groups, today)
    for name, block in laid_over(*_written(own)).items():
        checks.check(str(name), block)
    return Calendar(
        items=checks.items,
        offered=checks.items,
        entries=checks.entries,
        memos=library.memos,
        problems=tuple(checks.problems),
        broken=frozenset(problem.item for problem in checks.problems),
    )


def read_item(
    own: Path,
    name: str,
    values: Mapping[str, Any],
    *,
    channels: Collection[str],
    groups: Collection[str],
    today: date,
) -> tuple[Item | None, tuple[ItemProblem, ...]]:
    """The item of this name as it would be with `values` over what the files say, and its problems.

    None when it is wrong or switched off; raises ConfigMistake for a broken file.
    """
    shipped, chosen = _written(own)
    block = laid_over(laid_over(shipped.get(name, {}), chosen.get(name, {})), dict(values))
    checks = _Checks(own, memos().memos, channels, groups, today)
    checks.check(name, block)
    return checks.items.get(name), tuple(checks.problems)


def is_shipped(name: str) -> bool:
    """Whether the program itself brings an item of this name."""
    return name in _read(SHIPPED, _stamp(SHIPPED))


def block_of(name: str) -> dict[str, Any] | None:
    """An item's keys as the files have them, right or wrong; None when no file names it.

    Raises ConfigMistake for a file that cannot be read.
    """
    blocks = [block[name] for block in _written(own_calendar()) if name in block]
    if not blocks:
        return None
    found = laid_over(blocks[0], blocks[-1])
    return found if isinstance(found, dict) else {}


def edition(name: str) -> str:
    """What tells that the files say something else of an item than before; raises ConfigMistake."""
    return hashlib.sha256(repr(block_of(name)).encode()).hexdigest()[:16]


def is_own(name: str) -> bool:
    """Whether the school's own file says something about this item; raises ConfigMistake."""
    return name in _written(own_calendar())[1]


def _written(own: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    return _read(SHIPPED, _stamp(SHIPPED)), _read(own, _stamp(own)) if own.exists() else {}


def _stamp(file: Path) -> tuple[int, int]:
    seen = file.stat()
    return seen.st_mtime_ns, seen.st_size


@lru_cache(maxsize=8)
def _read(file: Path, _stamp: tuple[int, int]) -> dict[str, Any]:
    return read_yaml(file)


@lru_cache(maxsize=1024)
def rule_of(text: str, begins: date | None) -> Recurrence | RuleRefused:
    """A rule that has been read, or why it cannot be."""
    try:
        return recurrence(text, begins=begins)
    except RuleRefused as refused:
        return refused


class _Checks:
    """Reads items one by one and gathers what is wrong with them."""

    def __init__(
        self,
        own: Path,
        library: Mapping[str, Memo],
        channels: Collection[str],
        groups: Collection[str],
        today: date,
    ) -> None:
        self._own = own
        self._memos = library
        self._channels = channels
        self._groups = groups
        self._today = today
        self.items: dict[str, Item] = {}
        self.entries: dict[str, Entry] = {}
        self.problems: list[ItemProblem] = []

    def check(self, name: str, block: Any) -> None:
        """Keep an item, or what is wrong with it."""
        file = self._file_of(name)
        try:
            entry = build(Entry, _as_lists(block), file=file, key=name)
        except ConfigMistake as mistake:
            key = mistake.key.removeprefix(name).strip(".")
            self.problems.append(ItemProblem(file, name, key, mistake.problem))
            return
        self.entries[name] = entry
        if not entry.enabled:
            return
        wrong = [ItemProblem(file, name, key, text) for key, text in self._wrong(name, entry)]
        self.problems.extend(wrong)
        if not wrong and self._is_for_somebody(entry):
            self.items[name] = self._item(name, entry)

    def _file_of(self, name: str) -> Path:
        """The file in which a person would mend this item."""
        own = _read(self._own, _stamp(self._own)) if self._own.exists() else {}
        return self._own if name in own else SHIPPED

    def _wrong(self, name: str, entry: Entry) -> Iterator[tuple[str, str]]:
        if len(name) > LONGEST_NAME:
            yield "", _("имя длиннее {most} знаков").format(most=LONGEST_NAME)
        if (memo := entry.memo or name) not in self._memos:
            yield (
                "memo",
                _("памятки «{name}» нет: {why}").format(name=memo, why=unknown(memo, self._memos)),
            )
        found = rule_of(entry.rule, entry.begins)
        if isinstance(found, RuleRefused):
            yield "rule", refusal_words(found)
        elif found.after(self._today - REMEMBERED) is None:
            yield "rule", _("все даты уже прошли")
        yield from self._wrong_audience(entry)
        yield from _out_of_bounds("lead_days", entry.lead_days, MOST_LEAD)
        yield from _out_of_bounds("late_days", entry.late_days, MOST_LATE)

    def _wrong_audience(self, entry: Entry) -> Iterator[tuple[str, str]]:
        if not entry.to:
            yield "to", _("никого не указано; можно: все, имя группы, классы 1-4")
        for term in audience(entry.to, self._groups).unknown:
            hint = unknown(term, dict.fromkeys([EVERYBODY, *self._groups]))
            yield "to", _("«{term}» — такой группы нет: {hint}").format(term=term, hint=hint)
        for channel in entry.channels:
            if channel not in self._channels:
                yield "channels", f"«{channel}»: " + unknown(channel, dict.fromkeys(self._channels))

    def _is_for_somebody(self, entry: Entry) -> bool:
        """Whether the audience is anybody here: a kindergarten has no seventh class."""
        meant = audience(entry.to, self._groups).groups
        return bool(meant) or any(map(is_everybody, entry.to))

    def _item(self, name: str, entry: Entry) -> Item:
        memo = self._memos[entry.memo or name]
        rule = rule_of(entry.rule, entry.begins)
        assert isinstance(rule, Recurrence)
        rhythm = Rhythm(
            rule=rule,
            at=entry.time,
            shift=entry.shift,
            lead=timedelta(days=entry.lead_days),
            consent=ROLES[entry.approval],
            unanswered=entry.unanswered,
            missed=entry.missed,
            patience=timedelta(days=entry.late_days),
        )
        overdue = memo.past_review(self._today + rhythm.lead)
        return Item(
            name=name,
            title=entry.title or memo.title,
            rhythm=seen_by_a_person(rhythm) if overdue else rhythm,
            memo=memo.name,
            to=entry.to,
            importance=entry.importance,
            channels=entry.channels,
        )


def seen_by_a_person(rhythm: Rhythm) -> Rhythm:
    """The same rhythm for a text that is past its review: it does not go unseen by anybody."""
    consent = rhythm.consent or Role.APPROVER
    return replace(rhythm, consent=consent, unanswered=Unanswered.SKIP)


def _as_lists(block: Any) -> Any:
    """One term of an audience, or one channel, may be written without a list around it."""
    if not isinstance(block, dict):
        return block
    single = {key: [block[key]] for key in ("to", "channels") if isinstance(block.get(key), str)}
    return {**block, **single}


def _out_of_bounds(key: str, value: int, most: int) -> Iterator[tuple[str, str]]:
    if not 0 <= value <= most:
        words = _("ожидается число дней от 0 до {most}, а не «{value}»")
        yield key, words.format(most=most, value=value)
