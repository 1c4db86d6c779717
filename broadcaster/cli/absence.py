"""`staff away`: when somebody is away, and who stands in for her."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from broadcaster.approval_words import ABSENCE_MISTAKES
from broadcaster.bootstrap import office
from broadcaster.cli.doors import database_open
from broadcaster.cli.output import BAD_COMMAND, BAD_INPUT, Json, emit, fail, say
from broadcaster.cli.staff import Whose, away_words, person_of
from broadcaster.i18n import _
from broadcaster.services.absence import Absence, AbsenceRefused, come_back, leave
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.outlets import local_day
from broadcaster.store.models import Staff


def _told(flag: str, metavar: str, words: str) -> Any:
    """An option that is empty when nothing is said."""
    return typer.Option(flag, metavar=metavar, show_default=False, help=words)


First = Annotated[
    str, _told("--from", _("ДЕНЬ"), _("Первый день, например 2026-12-01; без него — сегодня."))
]
Last = Annotated[str, _told("--until", _("ДЕНЬ"), _("Последний день, например 2026-12-14."))]
Deputy = Annotated[
    str,
    _told("--deputy", _("ЛОГИН"), _("Кого в эти дни просить о согласовании; без него — никого.")),
]
Back = Annotated[bool, typer.Option("--back", help=_("Снять отсутствие: человек вернулся."))]


def away(
    login: Whose,
    first: First = "",
    last: Last = "",
    deputy: Deputy = "",
    *,
    back: Back = False,
    as_json: Json = False,
) -> None:
    """Say that somebody is away from one day to another, or is back."""
    if back == bool(last) or (back and (first or deputy)):
        words = _("Укажите либо --until с последним днём, либо --back.")
        fail("bad_command", [words], exit_code=BAD_COMMAND)
    database_open()
    person, now = person_of(login), datetime.now(UTC)
    if back:
        come_back(person, by=COMMAND_LINE, now=now)
    else:
        start = _day("--from", first) if first else local_day(office(), now)
        stands_in = person_of(deputy) if deputy else None
        _leave(person, Absence(start, _day("--until", last), stands_in), now)
    _tell(Staff.objects.select_related("deputy__user", "user").get(pk=person.pk), as_json=as_json)


def _day(option: str, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        words = _("{option}: «{value}» — не день; пишите так: 2026-12-14.")
        problem = words.format(option=option, value=written)
        fail("bad_day", [problem], exit_code=BAD_INPUT)


def _leave(person: Staff, absence: Absence, now: datetime) -> None:
    try:
        leave(office(), person, absence, by=COMMAND_LINE, now=now)
    except AbsenceRefused as refused:
        fail(refused.mistake, [ABSENCE_MISTAKES[refused.mistake]], exit_code=BAD_INPUT)


def _tell(person: Staff, *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "login": person.user.get_username(),
                "away_from": person.away_from,
                "away_until": person.away_until,
                "deputy": person.deputy.user.get_username() if person.deputy else None,
            }
        )
    elif person.away_from is None:
        say(_("Отсутствие снято: {name}.").format(name=person.name))
    else:
        say(_("Не будет: {name}, {days}.").format(name=person.name, days=away_words(person)))
