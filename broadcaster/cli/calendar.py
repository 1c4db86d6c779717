"""`calendar list`, `next`, `show`: what goes out by itself, when, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import Annotated

import typer
from babel.dates import format_date

from broadcaster.bootstrap import office
from broadcaster.calendar_words import (
    CONSENTS,
    FATES,
    MISSED,
    SHIFTS,
    SKIPPED,
    UNANSWERED,
    day_and_month,
)
from broadcaster.cli.calendar_items import (
    dates_as_json,
    item_as_json,
    memo_of,
    problems_as_json,
    rule_in_words,
    shown_as_json,
    title_of,
    whole_item_as_json,
)
from broadcaster.cli.doors import database_open
from broadcaster.cli.options import as_number
from broadcaster.cli.output import BAD_INPUT, Json, emit, fail, say, short, table, warn
from broadcaster.cli.reporting import local
from broadcaster.domain.days_off import Kind, SchoolDays
from broadcaster.domain.memos import Memo
from broadcaster.domain.occasions import Item
from broadcaster.domain.recurrence import LOOK_AHEAD
from broadcaster.i18n import LANGUAGE, _, counted
from broadcaster.report_words import IMPORTANCE
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.calendar.figures import Figures, last_times
from broadcaster.services.calendar.items import (
    ROLES,
    Calendar,
    Entry,
    calendar,
)
from broadcaster.services.calendar.showing import Shown, between
from broadcaster.services.outlets import local_day

MOST_DAYS = 3653
DATES, TIMES = 5, 3
"""How many dates to come and how many sendings `show` tells of."""

ItemName = Annotated[
    str, typer.Argument(metavar=_("ИМЯ"), help=_("Имя из broadcaster calendar list."))
]


def _days(value: str | int) -> int:
    days = as_number(str(value))
    if 1 <= days <= MOST_DAYS:
        return days
    words = _("ожидается число дней от 1 до {most}, а не «{value}».")
    raise typer.BadParameter(words.format(most=MOST_DAYS, value=value))


def _year(value: str | int) -> int:
    year = as_number(str(value))
    if date.min.year + 1 < year < date.max.year:
        return year
    raise typer.BadParameter(_("«{value}» — не год.").format(value=value))


Year = Annotated[
    int | None,
    typer.Option(
        "--year",
        parser=_year,
        metavar=_("ГОД"),
        show_default=False,
        help=_("Все даты этого года вместо ближайшей."),
    ),
]


def show_all(year: Year = None, *, as_json: Json = False) -> None:
    """List the items with their rules and dates, and what is wrong with any of them."""
    database_open()
    now = datetime.now(UTC)
    seen = calendar(office(), today=local_day(office(), now))
    dates = _by_item(_of_year(year, now) if year else _to_come(now))
    everything = {*seen.entries, *seen.items}
    names = sorted(everything, key=lambda name: (_first(dates.get(name, [])), name))
    if as_json:
        items = [
            item_as_json(seen, name) | dates_as_json(dates.get(name, []), all_of_them=bool(year))
            for name in names
        ]
        emit(
            {
                "enabled": office().calendar.enabled,
                "items": items,
                "problems": problems_as_json(seen),
            }
        )
        return
    tell_when_off()
    head = [_("имя"), _("что"), _("когда"), _("даты") if year else _("ближайшая дата")]
    days = {name: _days_in_words(dates.get(name, []), year) for name in names}
    rows = [_row(seen, name, days[name]) for name in names]
    table([*head, _("кому"), _("кто одобряет"), _("состояние")], rows)
    for problem in seen.problems:
        warn(str(problem), "red")


def _row(seen: Calendar, name: str, days: str) -> tuple[str, ...]:
    return (
        name,
        title_of(seen, name),
        rule_in_words(seen, name),
        days,
        _to(seen, name),
        _consent(seen, name),
        _standing(seen, name),
    )


def coming(
    days: Annotated[
        int, typer.Option("--days", parser=_days, metavar=_("ДНЕЙ"), help=_("На сколько дней."))
    ] = 60,
    *,
    as_json: Json = False,
) -> None:
    """List what leaves in the next days, and what stands in its way."""
    database_open()
    now = datetime.now(UTC)
    today = local_day(office(), now)
    entries = between(office(), today, today + timedelta(days=days), by=None, now=now)
    if as_json:
        enabled = office().calendar.enabled
        emit({"enabled": enabled, "days": days, "entries": list(map(shown_as_json, entries))})
        return
    tell_when_off()
    if not entries:
        noun = counted(_("день"), _("дня"), _("дней"), days)
        say(_("На {days} {noun} вперёд ничего не запланировано.").format(days=days, noun=noun))
        return
    zone = office().school.time_zone
    rows = [[local(one.at, zone), one.title, fate_words(one), _name(one)] for one in entries]
    table([_("когда"), _("что"), _("что будет"), _("имя")], rows)


def show(name: ItemName, *, as_json: Json = False) -> None:
    """Tell everything about one item."""
    database_open()
    now = datetime.now(UTC)
    seen = calendar(office(), today=local_day(office(), now))
    _refuse_unknown(seen, name)
    ahead = _by_item(_to_come(now)).get(name, [])[:DATES]
    before = last_times(name, most=TIMES)
    if as_json:
        emit(whole_item_as_json(seen, name, ahead, before))
        return
    tell_when_off()
    _tell_item(seen, name, local_day(office(), now))
    _tell_dates(ahead)
    _tell_figures(before)
    for problem in seen.problems:
        if problem.item == name:
            warn(str(problem), "red")


def tell_when_off() -> None:
    """Say on standard error that nothing leaves by itself."""
    if not office().calendar.enabled:
        warn(_("Календарь выключен. Включить: broadcaster calendar on"))


def item_of(seen: Calendar, name: str) -> Item:
    """The item of this name as it is followed; ends the command when there is none."""
    _refuse_unknown(seen, name)
    item = {**seen.offered, **seen.items}.get(name)
    if item is None:
        entry = seen.entries.get(name)
        words = (
            _("«{name}»: в календаре с ошибкой. Подробно: broadcaster calendar check")
            if entry is None or entry.enabled
            else _("«{name}» выключено (enabled: false) и никуда не уходит.")
        )
        fail("item_not_followed", [words.format(name=name)], exit_code=BAD_INPUT)
    return item


def fate_words(one: Shown) -> str:
    """What becomes of an entry, with the reason when it is left out."""
    return SKIPPED[one.why] if one.why else FATES[one.fate]


def _refuse_unknown(seen: Calendar, name: str) -> None:
    known = [*seen.entries, *seen.items]
    if name in known:
        return
    if name in {problem.item for problem in seen.problems}:
        words = _("«{name}»: в календаре с ошибкой. Подробно: broadcaster calendar check")
        fail("broken_item", [words.format(name=name)], exit_code=BAD_INPUT)
    near = get_close_matches(name, known, n=1)
    hint = (
        _("Может быть, «{near}»?").format(near=near[0])
        if near
        else _("Все имена: broadcaster calendar list")
    )
    words = _("Записи «{name}» в календаре нет. {hint}")
    fail("no_such_item", [words.format(name=name, hint=hint)], exit_code=BAD_INPUT)


def _to_come(now: datetime) -> list[Shown]:
    today = local_day(office(), now)
    return between(office(), today, today + LOOK_AHEAD, by=None, now=now)


def _of_year(year: int, now: datetime) -> list[Shown]:
    return between(office(), date(year, 1, 1), date(year, 12, 31), by=None, now=now)


def _by_item(entries: Iterable[Shown]) -> dict[str, list[Shown]]:
    found: dict[str, list[Shown]] = {}
    for one in entries:
        if one.item:
            found.setdefault(one.item, []).append(one)
    return found


def _first(dates: list[Shown]) -> datetime:
    """By the first date; what has none comes last."""
    return dates[0].at if dates else datetime.max.replace(tzinfo=UTC)


def _days_in_words(dates: list[Shown], year: int | None) -> str:
    if year:
        return ", ".join(f"{one.on:%d.%m}" for one in dates) or "—"
    return f"{dates[0].on:%d.%m.%Y}" if dates else "—"


def _to(seen: Calendar, name: str) -> str:
    entry = seen.entries.get(name)
    return ", ".join(entry.to) if entry else "—"


def _consent(seen: Calendar, name: str) -> str:
    entry = seen.entries.get(name)
    if entry is not None:
        return CONSENTS[entry.approval]
    role = seen.items[name].rhythm.consent
    return CONSENTS[next(key for key, value in ROLES.items() if value is role)]


def _standing(seen: Calendar, name: str) -> str:
    if name in seen.items:
        return _("включено")
    if name in seen.broken or name in {problem.item for problem in seen.problems}:
        return _("ошибка")
    if name in seen.offered:
        return _("календарь выключен")
    return _("выключено")


def _name(one: Shown) -> str:
    return one.item or (short(one.announcement) if one.announcement else "")


def _tell_item(seen: Calendar, name: str, today: date) -> None:
    say(title_of(seen, name), "bold")
    rule = rule_in_words(seen, name)
    say(rule[:1].upper() + rule[1:] + ".")
    if entry := seen.entries.get(name):
        for line in _entry_lines(entry):
            say(line)
    say(_("Состояние: {words}").format(words=_standing(seen, name)))
    if memo := memo_of(seen, name):
        _tell_memo(memo, today)


def _entry_lines(entry: Entry) -> list[str]:
    days = counted(_("день"), _("дня"), _("дней"), entry.lead_days)
    return [
        _("Важность: {words}").format(words=IMPORTANCE[entry.importance]),
        _("Кому: {words}").format(words=", ".join(entry.to)),
        _("Каналы: {words}").format(words=", ".join(entry.channels) or _("все")),
        _("Черновик: за {number} {days}").format(number=entry.lead_days, days=days),
        _("Кто одобряет: {words}").format(words=CONSENTS[entry.approval]),
        _("Если никто не ответил: {words}").format(words=UNANSWERED[entry.unanswered]),
        _("Из выходного переносится: {words}").format(words=SHIFTS[entry.shift]),
        _("Если пропустили: {words}").format(words=MISSED[entry.missed]),
    ]


def _tell_memo(memo: Memo, today: date) -> None:
    say(_("Памятка: {name}").format(name=memo.name))
    say(_("Основание: {basis}").format(basis="; ".join(memo.basis)), "dim")
    words = (
        _("Просрочена: проверить снова нужно было до {day}.")
        if memo.past_review(today)
        else _("Проверить снова до {day}.")
    )
    style = "red" if memo.past_review(today) else "dim"
    say(words.format(day=memo.review_by.strftime("%d.%m.%Y")), style)


def _tell_dates(ahead: list[Shown]) -> None:
    if not ahead:
        say(_("Дат впереди нет."))
        return
    days, zone = school_days(office().calendar.week).days, office().school.time_zone
    rows = [[local(one.at, zone), fate_words(one), shift_words(one, days)] for one in ahead]
    table([_("когда"), _("что будет"), _("перенос")], rows, title=_("Ближайшие даты"))


def shift_words(one: Shown, days: SchoolDays) -> str:
    """Why an entry does not leave on the day that names it; empty when it does."""
    return why_moved(one.day, days) if one.day is not None and one.moved else ""


def why_moved(day: date, days: SchoolDays) -> str:
    """Why nothing leaves on a day: «4 ноября — День народного единства»."""
    named = days.year(day.year).off.get(day, "")
    why = named if days.kind(day) is Kind.OFF and named else _("выходной")
    return _("{day} — {why}").format(day=day_and_month(day), why=why)


def long_day(day: date) -> str:
    """«Чт, 5 ноября 2026», as people read it."""
    return format_date(day, "EEE, d MMMM y", locale=LANGUAGE)


def _tell_figures(before: list[Figures]) -> None:
    if not before:
        say(_("Ещё не отправлялось."))
        return
    zone = office().school.time_zone
    head = [_("отправлено"), _("дошло до"), _("из"), _("ознакомились"), _("отчёт")]
    rows = [
        (
            local(one.sent_at, zone),
            one.reached,
            one.people.total,
            one.acknowledged,
            short(one.announcement),
        )
        for one in before
    ]
    table(head, rows, title=_("Прошлые отправки"))
