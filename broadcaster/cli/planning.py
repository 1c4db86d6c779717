"""`plan`: when the last copy of an announcement, of all that waits, or of a whole city leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from broadcaster.bootstrap import office, showroom
from broadcaster.cli.announcements import read
from broadcaster.cli.doors import database_open
from broadcaster.cli.forecasting import nobody_gets_it
from broadcaster.cli.foretelling import foretold_as_json, show_foretold
from broadcaster.cli.options import as_number
from broadcaster.cli.output import BAD_COMMAND, BAD_INPUT, Json, emit, fail, say, working
from broadcaster.cli.planning_city import show_survey, survey_as_json
from broadcaster.cli.sending import At, Groups, Weight, chosen, refuse_at_once, tried
from broadcaster.i18n import _
from broadcaster.services.announcing import forget_draft
from broadcaster.services.calendar.series_ahead import ahead
from broadcaster.services.city import City, survey
from broadcaster.services.drafting import Draft, no_such_channel
from broadcaster.services.foretelling import Foretold, foretell, foretell_waiting
from broadcaster.services.release import forecast

MOST = 10_000_000
"""Families of the largest city that is reckoned."""

SomeFile = Annotated[
    Path | None,
    typer.Argument(
        metavar=_("ФАЙЛ"),
        help=_("Объявление; без него — всё, что сейчас ждёт отправки."),
    ),
]
Families = Annotated[
    int | None,
    typer.Option(
        "--families", parser=as_number, metavar=_("ЧИСЛО"), help=_("Прикинуть город: семей.")
    ),
]
Schools = Annotated[
    int | None,
    typer.Option("--schools", parser=as_number, metavar=_("ЧИСЛО"), help=_("Город: школ.")),
]
Shares = Annotated[
    str | None,
    typer.Option(
        "--channel",
        metavar=_("КАНАЛ=ПРОЦЕНТ,…"),
        help=_("Город: у скольких семей из ста есть адрес в канале. Обычно") +
        " telegram=40,vk=30,email=60.",
    ),
]  # fmt: skip
Minutes = Annotated[
    int | None,
    typer.Option(
        "--within",
        parser=as_number,
        metavar=_("МИНУТ"),
        help=_("Город: за сколько минут всё должно уйти. Обычно 60."),
    ),
]
Personal = Annotated[
    bool, typer.Option("--personal", help=_("Город: текст у каждой семьи свой."))
]  # fmt: skip


def plan(
    file: SomeFile = None,
    to: Groups = None,
    importance: Weight = None,
    at: At = None,
    *,
    families: Families = None,
    schools: Schools = None,
    channel: Shares = None,
    within: Minutes = None,
    personal: Personal = False,
    as_json: Json = False,
) -> None:
    """Tell when the last copy leaves; sends nothing and leaves nothing behind."""
    about_city = any((schools, channel, within, personal))
    if families is not None:
        if file or to or importance or at:
            _misused(_("Город прикидывают без файла и без его параметров."))
        _city(_city_of(families, schools, channel, within, personal=personal), as_json=as_json)
        return
    if about_city:
        _misused(_("Для города нужно число семей: --families."))
    if file is None and (to or importance or at):
        _misused(_("--to, --importance и --at относятся к файлу, а его нет."))
    database_open()
    now = datetime.now(UTC)
    if file is None:
        _tell(foretell_waiting(office(), now=now), as_json=as_json)
        return
    draft = chosen(read(office(), file), to, importance, None, at)
    refuse_at_once(file, draft, now)
    _tell(_foretold(file, draft, now), as_json=as_json)


def _foretold(file: Path, draft: Draft, now: datetime) -> Foretold:
    """What a draft would do; it is stored for as long as that takes."""
    with tried(file, draft, now) as announcement:
        dates = ahead(office(), draft.repeats, now=now) if draft.repeats else []
        leaves_at = dates[0].send_at if dates else draft.at or now
        seen = forecast(office(), announcement, now=leaves_at)
        if nobody := nobody_gets_it(seen):
            fail("nobody", nobody, exit_code=BAD_INPUT)
        told = foretell(office(), announcement, seen, now=now)
        forget_draft(announcement)
    return told


def _tell(told: Foretold, *, as_json: bool) -> None:
    if as_json:
        emit(foretold_as_json(told))
    elif told.lines:
        show_foretold(told, office().school.time_zone)
    else:
        say(_("Ничего не ждёт отправки."))


def _city_of(
    families: int, schools: int | None, channel: str | None, within: int | None, *, personal: bool
) -> City:
    """The city that was described; ends the command when that makes no sense."""
    number, minutes = schools or 1, 60 if within is None else within
    if not 1 <= families <= MOST or not 1 <= number <= families or minutes < 1:
        words = _("Семей бывает от 1 до {most}, школ — не больше, чем семей, минут — от одной.")
        _misused(words.format(most=MOST))
    return City(
        families=families,
        schools=number,
        shares=_shares(channel or "telegram=40,vk=30,email=60"),
        personal=personal,
        within=timedelta(minutes=minutes),
    )


def _shares(written: str) -> dict[str, float]:
    """Channel → percent; ends the command at what cannot be read."""
    shares = {}
    for one in written.split(","):
        name, _sign, percent = (word.strip() for word in one.partition("="))
        if name not in showroom().outlets:
            fail("no_such_channel", [no_such_channel(name, showroom())], exit_code=BAD_INPUT)
        try:
            shares[name] = float(percent)
        except ValueError:
            _misused(_("«{word}»: ожидается канал=процент.").format(word=one))
        if not 0 <= shares[name] <= 100:  # noqa: PLR2004 - that is what percent means
            _misused(_("«{word}»: процент бывает от 0 до 100.").format(word=one))
    return shares


def _city(city: City, *, as_json: bool) -> None:
    with working(_("Считаю…")):
        told = survey(showroom(), city, now=datetime.now(UTC))
    if as_json:
        emit(survey_as_json(told))
    else:
        show_survey(told, city)


def _misused(words: str) -> NoReturn:
    fail("bad_plan", [words], exit_code=BAD_COMMAND)
