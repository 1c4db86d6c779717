"""The report of an announcement, for people and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from broadcaster.cli.output import emit, say, table
from broadcaster.cli.words import REASONS, STATES, WHY, channel_word
from broadcaster.domain.policy import Importance
from broadcaster.i18n import _
from broadcaster.services.follow import Report

IMPORTANCE = {
    Importance.ROUTINE: _("обычное"),
    Importance.IMPORTANT: _("важное"),
    Importance.URGENT: _("срочное"),
}


def show_report(seen: Report, zone: ZoneInfo) -> None:
    """Print a report for a person."""
    say(f"«{seen.title}» — {IMPORTANCE[Importance(seen.importance)]}", "bold")
    say(_("Отправлено: {when}").format(when=local(seen.released_at, zone)))
    table(
        [_("Канал"), _("Кому"), _("Состояние"), _("Причина"), _("Копий")],
        [
            (
                channel_word(line.channel),
                _("родителям") if line.personal else _("площадкам"),
                STATES[line.state],
                REASONS.get(line.reason, line.reason),
                line.count,
            )
            for line in seen.states
        ],
        title=_("Копии"),
    )
    table([_("Оповещены"), _("Родителей")], _people(seen), title=_("Люди"))
    if seen.unreached:
        table(
            [_("Родитель"), _("Дети"), _("Почему")],
            [(one.name, ", ".join(one.children), tried(one.tries)) for one in seen.unreached],
            title=_("Кого не оповестили"),
        )
    if seen.waiting:
        say(_("Ещё ждут отправки: {count}").format(count=seen.waiting), "yellow")
    if seen.unconfirmed:
        say(_("Неизвестно, дошли ли: {count}").format(count=seen.unconfirmed), "yellow")
    if seen.copies:
        _show_copies(seen, zone)


def _people(seen: Report) -> list[tuple[str, int]]:
    words = {0: _("ни по одному каналу"), 1: _("по одному каналу"), 2: _("по двум и более")}
    tally = dict.fromkeys(words.values(), 0)
    for channels, people in seen.people.items():
        tally[words[min(channels, 2)]] += people
    return list(tally.items())


def tried(tries: Sequence[tuple[str, str, str]]) -> str:
    """What was tried to reach a person and why it did not help, in the school's words."""
    return "; ".join(
        f"{channel_word(channel)}: {REASONS.get(reason) or STATES[state]}"
        if channel
        else REASONS[reason]
        for channel, state, reason in tries
    )


def _show_copies(seen: Report, zone: ZoneInfo) -> None:
    table(
        [_("№"), _("Канал"), _("Кому"), _("Состояние"), _("Причина"), _("Когда"), _("Почему")],
        [
            (
                line.id,
                channel_word(line.channel),
                line.place,
                STATES[line.state],
                REASONS.get(line.reason, line.reason),
                local(line.sent_at, zone),
                WHY[line.why],
            )
            for line in seen.copies
        ],
        title=_("Каждая копия"),
    )


def report_as_json(seen: Report) -> dict[str, Any]:
    """The same report for machines; keys are English and stable."""
    return {
        "announcement": seen.announcement,
        "title": seen.title,
        "importance": seen.importance,
        "released_at": seen.released_at and seen.released_at.isoformat(),
        "complete": seen.complete,
        "copies_by_state": [asdict(line) for line in seen.states],
        "people_by_channels": {str(channels): people for channels, people in seen.people.items()},
        "unreached": [asdict(one) for one in seen.unreached],
        "waiting": seen.waiting,
        "unconfirmed": seen.unconfirmed,
        **({"copies": [asdict(line) for line in seen.copies]} if seen.copies else {}),
    }


def show_latest(
    rows: Sequence[tuple[UUID, str, str, datetime | None]], zone: ZoneInfo, *, as_json: bool
) -> None:
    """List the newest announcements."""
    if as_json:
        names = ("announcement", "title", "importance", "released_at")
        emit([dict(zip(names, row, strict=True)) for row in rows])
    elif rows:
        table(
            [_("Номер"), _("Заголовок"), _("Важность"), _("Отправлено")],
            [
                (key, title, IMPORTANCE[Importance(importance)], local(at, zone))
                for key, title, importance, at in rows
            ],
        )
    else:
        say(
            _("Объявлений ещё не было. Начните так: broadcaster send examples/routine.md --dry-run")
        )


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    """A time as the school reads it; a dash when there is none."""
    return moment.astimezone(zone).strftime("%d.%m.%Y %H:%M") if moment else "—"
