"""The report of an announcement, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from broadcaster.adapter_words import adapter_words
from broadcaster.cli.output import say, short, table
from broadcaster.domain.policy import Importance, asks
from broadcaster.i18n import _, counted
from broadcaster.report_words import IMPORTANCE, platform_ids
from broadcaster.services.follow import Report, Standing
from broadcaster.store.queries.reports import CopyLine, Step
from broadcaster.words import OUTCOMES, REASONS, STATES, WHY, channel_word, whom


def show_report(seen: Report, zone: ZoneInfo) -> None:
    """Print a report for a person."""
    show_head(seen, zone)
    if not seen.states:
        return
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


def show_head(seen: Report, zone: ZoneInfo) -> None:
    """Print the beginning of a report: how far it has come, in copies and in people."""
    say(f"«{seen.standing.title}» — {IMPORTANCE[seen.standing.importance]}", "bold")
    for line in _standing(seen.standing, zone):
        say(line)
    if not seen.states:
        return
    _show_states(seen)
    table([_("Оповещены"), _("Родителей")], _people(seen), title=_("Люди"))
    if seen.acknowledged or asks(Importance(seen.standing.importance)):
        words = _("Ознакомились: {count} из {people}")
        say(words.format(count=seen.acknowledged, people=sum(seen.people.values())))


def _standing(one: Standing, zone: ZoneInfo) -> Iterator[str]:
    """How far the announcement has come, a line for each thing that happened to it."""
    if one.released_at:
        yield _("Отправлено: {when}").format(when=local(one.released_at, zone))
    elif one.release_at and not one.cancelled_at:
        yield _("Будет отправлено: {when}").format(when=local(one.release_at, zone))
    if one.problem and one.released_at:
        yield one.problem
    elif one.problem:
        yield _("Отправить не удалось: {problem}").format(problem=one.problem)
    if one.cancelled_at:
        yield _("Отменено: {when}").format(when=local(one.cancelled_at, zone))
    elif one.paused_at:
        words = _("Остановлено: {when}. Продолжить: broadcaster resume {id}")
        yield words.format(when=local(one.paused_at, zone), id=short(one.announcement))


def _show_states(seen: Report) -> None:
    table(
        [_("Канал"), _("Кому"), _("Состояние"), _("Причина"), _("Копий")],
        [
            (
                channel_word(line.channel),
                whom(line.personal),
                STATES[line.state],
                REASONS.get(line.reason, line.reason),
                line.count,
            )
            for line in seen.states
        ],
        title=_("Копии"),
    )


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
        [_("№"), _("Канал"), _("Кому"), _("Состояние"), _("Когда")],
        [
            (
                line.id,
                channel_word(line.channel),
                line.place,
                _state(line),
                local(line.sent_at, zone),
            )
            for line in seen.copies
        ],
        title=_("Каждая копия"),
    )


def _state(line: CopyLine) -> str:
    reason = REASONS.get(line.reason, line.reason)
    return STATES[line.state] + (f": {reason}" if reason else "")


def report_as_json(seen: Report) -> dict[str, Any]:
    """The same report for machines; keys are English and stable."""
    return {
        **standing_as_json(seen.standing),
        "complete": seen.complete,
        "copies_by_state": [asdict(line) for line in seen.states],
        "people_by_channels": {str(channels): people for channels, people in seen.people.items()},
        "unreached": [asdict(one) for one in seen.unreached],
        "waiting": seen.waiting,
        "unconfirmed": seen.unconfirmed,
        "acknowledged": seen.acknowledged,
        **({"copies": [_plain(line) for line in seen.copies]} if seen.copies else {}),
    }


def standing_as_json(one: Standing) -> dict[str, Any]:
    """Which announcement it is and how far it has come, for machines."""
    return _plain(one)


def show_history(line: CopyLine, steps: Sequence[Step], zone: ZoneInfo) -> None:
    """Print what platforms answered to each try of one copy."""
    channel = channel_word(line.channel)
    words = _("Копия № {number}: {channel}, {place} — {state}")
    say(
        words.format(number=line.id, channel=channel, place=line.place, state=_state(line)),
        "bold",
    )
    say(_("Почему она есть: {why}").format(why=WHY[line.why]))
    if not steps:
        say(_("Платформе её ещё не передавали."))
        return
    table(
        [
            _("Попытка"),
            _("Когда"),
            _("Ответ"),
            _("Причина"),
            _("Подробности"),
            _("Номера у платформы"),
        ],
        [
            (
                step.attempt,
                local(step.at, zone, seconds=True),
                OUTCOMES.get(step.outcome, step.outcome),
                REASONS.get(step.reason, step.reason),
                adapter_words(step.detail),
                "\n".join(platform_ids(step.parts)),
            )
            for step in steps
        ],
    )


def history_as_json(announcement: UUID, line: CopyLine, steps: Sequence[Step]) -> dict[str, Any]:
    """One copy's history for machines."""
    attempts = [
        _plain(step) | {"parts": [{"number": number, "ids": ids} for number, ids in step.parts]}
        for step in steps
    ]
    return {"announcement": announcement, "copy": _plain(line), "attempts": attempts}


def show_latest(rows: Sequence[Standing], zone: ZoneInfo) -> None:
    """List the newest announcements."""
    if rows:
        table(
            [_("Номер"), _("Заголовок"), _("Важность"), _("Отправлено")],
            [
                (short(one.announcement), one.title, IMPORTANCE[one.importance],
                 _when(one, zone))
                for one in rows
            ],
        )  # fmt: skip
    else:
        say(
            _("Объявлений ещё не было. Начните так: broadcaster send examples/routine.md --dry-run")
        )


def _when(one: Standing, zone: ZoneInfo) -> str:
    if one.released_at or not one.release_at:
        words = local(one.released_at, zone)
    else:
        words = _("назначено на {when}").format(when=local(one.release_at, zone))
    if one.cancelled_at:
        return _("{when}, отменено").format(when=words)
    return _("{when}, остановлено").format(when=words) if one.paused_at else words


def latest_as_json(rows: Sequence[Standing]) -> dict[str, Any]:
    """The newest announcements for machines."""
    return {"announcements": [standing_as_json(one) for one in rows]}


def _plain(row: Standing | CopyLine | Step) -> dict[str, Any]:
    """A row with its times in ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(row).items()
    }


def local(moment: datetime | None, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """A time as the school reads it; a dash when there is none."""
    form = "%d.%m.%Y %H:%M:%S" if seconds else "%d.%m.%Y %H:%M"
    return moment.astimezone(zone).strftime(form) if moment else "—"


def copies_counted(count: int) -> str:
    """«1 копия», «2 копии», «5 копий», with a plain space, so that output can be searched."""
    return f"{count} {counted(_('копия'), _('копии'), _('копий'), count)}"
