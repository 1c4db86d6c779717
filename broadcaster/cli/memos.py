"""`memos`: the texts that the calendar sends, and whether they are fit to be sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from itertools import groupby
from typing import Annotated, Any

import typer

from broadcaster.bootstrap import office
from broadcaster.cli.output import BAD_INPUT, NEEDS_PERSON, Json, emit, fail, say, table, warn
from broadcaster.config_values import unknown
from broadcaster.domain.memos import Memo, Season
from broadcaster.i18n import _, counted
from broadcaster.memo_words import AGES, SEASONS, TOPICS
from broadcaster.services.calendar.memos import Library, MemoProblem, memos

Name = Annotated[
    str, typer.Argument(metavar=_("ИМЯ"), help=_("Имя памятки из broadcaster memos list."))
]


def show_all(*, as_json: Json = False) -> None:
    """List the memos by season, with the days by which they are to be checked again."""
    library, today = memos(), _today()
    found = _by_season(library)
    if as_json:
        emit({"memos": [_line_as_json(memo, today) for memo in found], "problems": _told(library)})
        return
    for season, some in groupby(found, key=lambda memo: memo.season):
        _show(season, list(some), today)
    _count_problems(library)


def show(name: Name, *, as_json: Json = False) -> None:
    """Print one memo: what families read, and what the site shows below it."""
    library, today = memos(), _today()
    memo = library.memos.get(name)
    if memo is None:
        words = _("Памятки «{name}» нет: {why}").format(name=name, why=_why_missing(library, name))
        fail("no_such_memo", [words], exit_code=BAD_INPUT)
    if as_json:
        emit(_line_as_json(memo, today) | {"body": memo.body, "more": memo.more})
        return
    say(memo.title, "bold")
    say(f"{SEASONS[memo.season]} · {_ages(memo)} · {TOPICS[memo.topic]}", "dim")
    say(_("Основание: {basis}").format(basis="; ".join(memo.basis)), "dim")
    say(_("Проверена {day}.").format(day=memo.reviewed.strftime("%d.%m.%Y")), "dim")
    say(_review(memo, today), "red" if memo.past_review(today) else "dim")
    say(f"\n{memo.body}")
    if memo.more:
        say("\n" + _("Ниже — только на сайте:"), "bold")
        say(f"\n{memo.more}")


def check(*, as_json: Json = False) -> None:
    """Read every memo; the command ends with NEEDS_PERSON when one is wrong or past its review."""
    library, today = memos(), _today()
    late = [memo for memo in _by_season(library) if memo.past_review(today)]
    in_order = not library.problems and not late
    if as_json:
        overdue = [memo.name for memo in late]
        problems = _told(library)
        emit(
            {"ok": in_order, "memos": len(library.memos), "problems": problems, "overdue": overdue}
        )
    else:
        _tell(library.problems)
        for memo in late:
            warn(f"{memo.name}: {_review(memo, today)}")
        if in_order:
            say(_("Всё в порядке: {memos}.").format(memos=_number(len(library.memos))))
    if not in_order:
        raise typer.Exit(NEEDS_PERSON)


def _today() -> date:
    return datetime.now(office().school.time_zone).date()


def _by_season(library: Library) -> list[Memo]:
    order = list(Season)
    return sorted(library.memos.values(), key=lambda memo: (order.index(memo.season), memo.name))


def _show(season: Season, some: Iterable[Memo], today: date) -> None:
    head = [_("имя"), _("заголовок"), _("для кого"), _("проверить")]
    rows = [[memo.name, memo.title, _ages(memo), _review_by(memo, today)] for memo in some]
    table(head, rows, title=SEASONS[season].capitalize())


def _ages(memo: Memo) -> str:
    return ", ".join(AGES[age] for age in memo.ages)


def _review_by(memo: Memo, today: date) -> str:
    day = memo.review_by.strftime("%d.%m.%Y")
    return _("{day}, просрочена").format(day=day) if memo.past_review(today) else day


def _review(memo: Memo, today: date) -> str:
    words = (
        _("Просрочена: проверить снова нужно было до {day}.")
        if memo.past_review(today)
        else _("Проверить снова до {day}.")
    )
    return words.format(day=memo.review_by.strftime("%d.%m.%Y"))


def _count_problems(library: Library) -> None:
    if library.problems:
        files = len({problem.file for problem in library.problems})
        noun = counted(_("файл"), _("файла"), _("файлов"), files)
        words = _("С ошибками: {files} {noun}. Подробно: broadcaster memos check")
        warn(words.format(files=files, noun=noun))


def _tell(problems: Iterable[MemoProblem]) -> None:
    for problem in problems:
        warn(str(problem), "red")


def _why_missing(library: Library, name: str) -> str:
    if any(problem.file.stem == name for problem in library.problems):
        return _("в её файле ошибки. Подробно: broadcaster memos check")
    return unknown(name, library.memos)


def _number(count: int) -> str:
    return f"{count} {counted(_('памятка'), _('памятки'), _('памяток'), count)}"


def _line_as_json(memo: Memo, today: date) -> dict[str, Any]:
    told = asdict(memo) | {"overdue": memo.past_review(today)}
    del told["body"], told["more"]
    return told


def _told(library: Library) -> list[dict[str, Any]]:
    return [asdict(problem) for problem in library.problems]
