"""The calendar in words: rules, refusals, what becomes of a date and why nothing was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from itertools import product

from babel.dates import format_date, get_month_names

from broadcaster.domain.days_off import Shift
from broadcaster.domain.occasions import Missed, Skipped, Unanswered
from broadcaster.domain.recurrence import EPOCH, Mistake, Recurrence, RuleRefused
from broadcaster.i18n import LANGUAGE, _, counted

AGREEING_REFUSALS: Mapping[str, str] = {
    "no_draft": _("Черновика на этот день нет. Что впереди: broadcaster calendar next"),
    "over": _("Эта дата уже отправлена или снята."),
    "ready": _("Одобрять нечего: эта дата и так уйдёт в срок."),
    "open": _("Черновик вернули, его правят. Отправьте его со страницы объявления."),
}
"""Why a date cannot be agreed to, by `services.calendar.agreeing.Objection`."""

BECAME: Mapping[str, str] = {
    "drafted": _("черновик готов"),
    "moved": _("перенесено"),
    "sent": _("отправлено"),
    "stuck": _("не ушло: нужна помощь"),
    "skipped": _("не отправлено"),
}
"""What a beat makes of a date, by the value of `services.calendar.beats.Became`."""

CONSENTS: Mapping[str, str] = {
    "approver": _("завуч или методист"),
    "administrator": _("администратор"),
    "none": _("никого не спрашивать"),
}
"""Who is asked, by the value of `services.calendar.items.Consent`."""

FATES: Mapping[str, str] = {
    "off": _("календарь выключен"),
    "planned": _("запланировано"),
    "asked": _("ждёт одобрения"),
    "open": _("черновик правят"),
    "ready": _("уйдёт в срок"),
    "stuck": _("не ушло: нужна помощь"),
    "sent": _("отправлено"),
    "skipped": _("не отправлено"),
}
"""What becomes of an entry, by the value of `services.calendar.showing.Fate`."""

KINDS: Mapping[str, str] = {
    "memo": _("памятка"),
    "series": _("повторяющееся объявление"),
    "once": _("объявление"),
}
"""Where an entry comes from, by the value of `services.calendar.showing.Kind`."""

LEAVING_OUT_REFUSALS: Mapping[str, str] = {
    "no_such_date": _("На этот день у записи ничего нет. Что впереди: broadcaster calendar next"),
    "over": _("Эта дата уже прошла, отправлена или снята."),
}
"""Why a date cannot be left out or given back, by `services.calendar.leaving_out.Refusal`."""

MISSED: Mapping[Missed, str] = {
    Missed.SEND: _("отправить с опозданием"),
    Missed.SKIP: _("не отправлять"),
}

REFUSALS: Mapping[Mistake, str] = {
    Mistake.TOO_LONG: _("правило слишком длинное"),
    Mistake.NO_FREQUENCY: _(
        "правило начинается с FREQ=DAILY, WEEKLY, MONTHLY или YEARLY,"
        " например FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5"
    ),
    Mistake.PART: _("часть правила здесь не подходит"),
    Mistake.NUMBER: _("в правиле недопустимое число"),
    Mistake.UNTIL: _("UNTIL — дата без времени, например UNTIL=20270531"),
    Mistake.UNREADABLE: _("правило не удалось прочитать (RRULE, RFC 5545)"),
    Mistake.NEVER: _("такая дата не наступает никогда"),
    Mistake.NEEDS_BEGINNING: _(
        "укажите, в какие дни (BYDAY, BYMONTHDAY), или первый день: begins: 2026-09-01"
    ),
}

SKIPPED: Mapping[Skipped, str] = {
    Skipped.MISSED: _("пропущено: программа не работала"),
    Skipped.CAUGHT_UP: _("пропущено: вместо этого ушло следующее"),
    Skipped.COINCIDES: _("совпало с другой датой из-за выходных"),
    Skipped.UNANSWERED: _("не ушло: никто не одобрил"),
    Skipped.RETURNED: _("не ушло: не одобрено"),
    Skipped.CHANGED: _("снято: правило изменили"),
    Skipped.BY_HAND: _("снято человеком"),
    Skipped.OUT_OF_REACH: _("не ушло: автор больше не пишет этим группам"),
}

SHIFTS: Mapping[Shift, str] = {
    Shift.NEXT: _("на следующий рабочий день"),
    Shift.PREVIOUS: _("на предыдущий рабочий день"),
    Shift.STAY: _("никуда, отправить и в выходной"),
}

UNANSWERED: Mapping[Unanswered, str] = {
    Unanswered.SKIP: _("не отправлять"),
    Unanswered.SEND: _("отправить"),
}


def refusal_words(refused: RuleRefused) -> str:
    """Why a rule is none, and which part of it."""
    words = REFUSALS[refused.problem]
    return f"{words}: {refused.part}" if refused.part else words


# A rule in words

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKING = DAYS[:5]
ON_DAYS: Mapping[str, str] = {
    "MO": _("по понедельникам"),
    "TU": _("по вторникам"),
    "WE": _("по средам"),
    "TH": _("по четвергам"),
    "FR": _("по пятницам"),
    "SA": _("по субботам"),
    "SU": _("по воскресеньям"),
}
ON_DAY: Mapping[str, str] = {
    "MO": _("понедельник"),
    "TU": _("вторник"),
    "WE": _("среду"),
    "TH": _("четверг"),
    "FR": _("пятницу"),
    "SA": _("субботу"),
    "SU": _("воскресенье"),
}
EVERY: Mapping[str, str] = {
    "MO": _("каждый понедельник"),
    "TU": _("каждый вторник"),
    "WE": _("каждую среду"),
    "TH": _("каждый четверг"),
    "FR": _("каждую пятницу"),
    "SA": _("каждую субботу"),
    "SU": _("каждое воскресенье"),
}
HE: Mapping[str, str] = {
    "1": _("в первый {day}"),
    "2": _("во второй {day}"),
    "3": _("в третий {day}"),
    "4": _("в четвёртый {day}"),
    "5": _("в пятый {day}"),
    "-1": _("в последний {day}"),
}
SHE: Mapping[str, str] = {
    "1": _("в первую {day}"),
    "2": _("во вторую {day}"),
    "3": _("в третью {day}"),
    "4": _("в четвёртую {day}"),
    "5": _("в пятую {day}"),
    "-1": _("в последнюю {day}"),
}
IT: Mapping[str, str] = {
    "1": _("в первое {day}"),
    "2": _("во второе {day}"),
    "3": _("в третье {day}"),
    "4": _("в четвёртое {day}"),
    "5": _("в пятое {day}"),
    "-1": _("в последнее {day}"),
}
NTH: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(("MO", "TU", "TH"), HE),
    **dict.fromkeys(("WE", "FR", "SA"), SHE),
    "SU": IT,
}
"""By the weekday, then by its number in the month: Russian weekdays have genders."""
LAST = "-1"
MOST_DATES = 8
LEAP_YEAR = 2028


class _Wordless(Exception):
    """The rule's shape has no words."""


def rule_words(rule: Recurrence, at: time) -> str:
    """«Каждый год 5 ноября в 16:00», without the capital; the RRULE itself for unusual shapes."""
    parts = dict(part.split("=", 1) for part in rule.text.split(";"))
    try:
        when = _when(rule, parts)
    except (_Wordless, KeyError, ValueError):
        when = rule.text
    said = _("{when} в {time}").format(when=when, time=f"{at:%H:%M}")
    return said + _bounds(rule, parts)


def day_and_month(day: date) -> str:
    """«5 ноября»."""
    return format_date(day, "d MMMM", locale=LANGUAGE).replace(" ", "\N{NO-BREAK SPACE}")


def _when(rule: Recurrence, parts: Mapping[str, str]) -> str:
    every = int(parts.get("INTERVAL", "1"))
    match parts["FREQ"]:
        case "DAILY":
            return _daily(parts, every) + _only(parts)
        case "WEEKLY":
            return _weekly(rule, parts, every) + _only(parts)
        case "MONTHLY":
            return _monthly(rule, parts, every) + _only(parts)
        case _:
            return _yearly(rule, parts, every)


def _daily(parts: Mapping[str, str], every: int) -> str:
    if "BYDAY" in parts:
        return _on_days(parts["BYDAY"])
    if every == 1:
        return _("каждый день")
    units = counted(_("день"), _("дня"), _("дней"), every)
    return _("раз в {number} {units}").format(number=every, units=units)


def _weekly(rule: Recurrence, parts: Mapping[str, str], every: int) -> str:
    named = parts.get("BYDAY", DAYS[rule.begins.weekday()])
    days = _on_days(named)
    if every == 1 and named in EVERY:
        return EVERY[named]
    if every == 1:
        return days if days == _("по будням") else _("каждую неделю {days}").format(days=days)
    units = counted(_("неделю"), _("недели"), _("недель"), every)
    words = _("раз в {number} {units} {days}")
    return words.format(number=every, units=units, days=days)


def _monthly(rule: Recurrence, parts: Mapping[str, str], every: int) -> str:
    days = _in_a_month(rule, parts)
    if every == 1:
        return _("каждый месяц {days}").format(days=days)
    units = counted(_("месяц"), _("месяца"), _("месяцев"), every)
    words = _("раз в {number} {units} {days}")
    return words.format(number=every, units=units, days=days)


def _yearly(rule: Recurrence, parts: Mapping[str, str], every: int) -> str:
    if "BYMONTHDAY" in parts and "BYMONTH" not in parts and every == 1:
        return _monthly(rule, parts, every)
    days = _in_a_year(rule, parts)
    if every == 1:
        return _("каждый год {days}").format(days=days)
    units = counted(_("год"), _("года"), _("лет"), every)
    words = _("раз в {number} {units} {days}")
    return words.format(number=every, units=units, days=days)


def _in_a_year(rule: Recurrence, parts: Mapping[str, str]) -> str:
    if "BYDAY" in parts:
        return _("{days} {months}").format(
            days=_weekdays_of_a_month(parts), months=_months(parts["BYMONTH"], "format")
        )
    months = _numbers(parts.get("BYMONTH", str(rule.begins.month)))
    days = _numbers(parts.get("BYMONTHDAY", str(rule.begins.day)))
    if days == [int(LAST)]:
        names = _months(parts["BYMONTH"], "format")
        return _("в последний день {months}").format(months=names)
    if min(days) < 1 or len(days) * len(months) > MOST_DATES:
        raise _Wordless
    dates = [date(LEAP_YEAR, month, day) for month, day in product(months, days)]
    return _listed([day_and_month(one) for one in dates])


def _in_a_month(rule: Recurrence, parts: Mapping[str, str]) -> str:
    if "BYDAY" in parts:
        return _weekdays_of_a_month(parts)
    days = _numbers(parts.get("BYMONTHDAY", str(rule.begins.day)))
    if days == [int(LAST)]:
        return _("в последний день")
    if min(days) < 1:
        raise _Wordless
    return _("{days} числа").format(days=_listed(list(map(str, days))))


def _weekdays_of_a_month(parts: Mapping[str, str]) -> str:
    """«Во второй четверг», «по вторникам», «в последний рабочий день»."""
    if "BYMONTHDAY" in parts:
        raise _Wordless
    days, number = parts["BYDAY"].split(","), parts.get("BYSETPOS", "").lstrip("+")
    if not number:
        numbered = any(day not in ON_DAY for day in days)
        return _listed(list(map(_nth, days))) if numbered else _on_days(",".join(days))
    if len(days) == 1:
        return _nth(number + days[0])
    if set(days) == set(WORKING) and number in {"1", LAST}:
        return _("в первый рабочий день") if number == "1" else _("в последний рабочий день")
    raise _Wordless


def _nth(term: str) -> str:
    """One of «2TH», «-1FR»; raises KeyError for «-2FR» and for a weekday without a number."""
    day, number = term[-2:], term[:-2].lstrip("+")
    return NTH[day][number].format(day=ON_DAY[day])


def _on_days(text: str) -> str:
    days = sorted(set(text.split(",")), key=DAYS.index)
    if days == list(WORKING):
        return _("по будням")
    if days == list(DAYS):
        return _("каждый день")
    return _listed([ON_DAYS[day] for day in days])


def _only(parts: Mapping[str, str]) -> str:
    if "BYMONTH" not in parts:
        return ""
    return _(", только {months}").format(months=_months(parts["BYMONTH"], "stand-alone"))


def _months(text: str, context: str) -> str:
    names = get_month_names("wide", "format" if context == "format" else "stand-alone", LANGUAGE)
    return _listed([names[number] for number in _numbers(text)])


def _bounds(rule: Recurrence, parts: Mapping[str, str]) -> str:
    """From when, until when, how often at most."""
    said = ""
    if rule.begins != EPOCH:
        said += _(", начиная с {day}").format(day=_full(rule.begins))
    if until := parts.get("UNTIL"):
        day = datetime.strptime(until, "%Y%m%d").date()  # noqa: DTZ007 - a day alone
        said += _(", по {day}").format(day=_full(day))
    if times := int(parts.get("COUNT", "0")):
        units = counted(_("раз"), _("раза"), _("раз"), times)
        said += _(", всего {number} {units}").format(number=times, units=units)
    return said


def _full(day: date) -> str:
    return format_date(day, "d MMMM y", locale=LANGUAGE).replace(" ", "\N{NO-BREAK SPACE}")


def _numbers(text: str) -> list[int]:
    return sorted({int(number) for number in text.split(",")})


def _listed(words: Sequence[str]) -> str:
    """«а», «а и б», «а, б и в»."""
    if len(words) == 1:
        return words[0]
    return _("{several} и {last}").format(several=", ".join(words[:-1]), last=words[-1])
