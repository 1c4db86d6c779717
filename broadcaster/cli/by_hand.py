"""`resend`, `decide`, `told`: what only a person can do about copies that did not arrive."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, NoReturn
from uuid import UUID

import typer

from broadcaster.bootstrap import office
from broadcaster.cli.announcements import known_channels
from broadcaster.cli.doors import announcement_of, ring
from broadcaster.cli.options import Channels, Id, as_number, one_of
from broadcaster.cli.output import BAD_COMMAND, BAD_INPUT, Json, emit, fail, say, short
from broadcaster.cli.reporting import copies_counted
from broadcaster.contract import Reason
from broadcaster.domain.deciding import Decision
from broadcaster.domain.reasons import End
from broadcaster.i18n import _
from broadcaster.report_words import REFUSALS
from broadcaster.services import deciding, resending, telling
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.resending import CannotResend, Which
from broadcaster.store.models import Guardian

REASONS = (*Reason, *End)

Reasons = Annotated[
    list[str] | None,
    typer.Option(
        "--reason",
        metavar=_("ПРИЧИНА"),
        help=_("Только эта причина отказа: blocked, tries_spent…; см. report --json."),
    ),
]
CopyNumbers = Annotated[
    list[int] | None,
    typer.Option(
        "--copy", parser=as_number, metavar="№", help=_("Только эта копия; можно повторять.")
    ),
]


def resend(
    number: Id,
    *,
    channel: Channels = None,
    reason: Reasons = None,
    copy: CopyNumbers = None,
    as_json: Json = False,
) -> None:
    """Send again what failed."""
    announcement = announcement_of(number)
    unknown = [one for one in reason or [] if one not in REASONS]
    if unknown:
        words = _("Причины «{name}» нет. Есть: {known}.")
        known = ", ".join(REASONS)
        problems = [words.format(name=name, known=known) for name in unknown]
        fail("no_such_reason", problems, exit_code=BAD_INPUT)
    channels = known_channels(office(), channel or [])
    which = Which(channels=channels, reasons=reason or (), copies=copy or ())
    try:
        count = resending.resend(
            office(), announcement, which, by=COMMAND_LINE, now=datetime.now(UTC)
        )
    except CannotResend as refused:
        _refuse(refused)
    if count:
        ring()
    if as_json:
        emit({"announcement": announcement, "resent": count})
    elif count:
        say(_("Снова в очереди: {copies}.").format(copies=copies_counted(count)), "bold")
    else:
        say(_("Отправлять снова нечего: эти копии уже ушли, снова ждут или им некуда идти."))


def decide(
    number: Id,
    decision: Annotated[
        Decision,
        typer.Argument(
            parser=one_of(Decision),
            metavar=_("РЕШЕНИЕ"),
            help=_("arrived — дошло, lost — не дошло, again — отправить ещё раз."),
        ),
    ],
    *,
    channel: Channels = None,
    copy: CopyNumbers = None,
    everything: Annotated[
        bool, typer.Option("--all", help=_("Обо всех копиях на всех каналах."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Say what became of copies whose answer was lost."""
    if not (channel or copy or everything):
        words = _("Укажите, о каких копиях речь: --copy №, --channel КАНАЛ или --all.")
        fail("nothing_chosen", [words], exit_code=BAD_COMMAND)
    announcement = announcement_of(number)
    which = Which(channels=channel or (), copies=copy or ())
    try:
        count = deciding.decide(
            office(), announcement, decision, which, by=COMMAND_LINE, now=datetime.now(UTC)
        )
    except CannotResend as refused:
        _refuse(refused)
    if count and decision is Decision.AGAIN:
        ring()
    if as_json:
        emit({"announcement": announcement, "decision": decision, "decided": count})
    elif count:
        say(_("Решено: {copies}.").format(copies=copies_counted(count)), "bold")
    else:
        say(_("Решать нечего: об этих копиях всё известно."))


def told(
    number: Id,
    person: Annotated[
        str,
        typer.Argument(
            metavar=_("РОДИТЕЛЬ"), help=_("Имя, его часть или номер родителя из report --json.")
        ),
    ],
    *,
    note: Annotated[
        str, typer.Option("--note", metavar=_("СЛОВА"), help=_("Заметка о разговоре."))
    ] = "",
    back: Annotated[bool, typer.Option("--undo", help=_("Снять отметку."))] = False,
    as_json: Json = False,
) -> None:
    """Note that somebody has told a parent by telephone or face to face."""
    announcement = announcement_of(number)
    who = _person(announcement, person)
    now = datetime.now(UTC)
    if back:
        telling.take_back(announcement, who.pk, by=COMMAND_LINE, now=now)
    else:
        telling.tell(announcement, who.pk, by=COMMAND_LINE, now=now, note=note)
    if as_json:
        emit({"announcement": announcement, "guardian": who.pk, "told": not back})
    elif back:
        say(_("Отметка снята: {name}.").format(name=who.name))
    else:
        words = _(
            "Отмечено, что сообщили лично: {name}. Снять: broadcaster told {id} {number} --undo"
        )
        say(words.format(name=who.name, id=short(announcement), number=who.pk))


def _person(announcement: UUID, name: str) -> Guardian:
    """The parent that is meant; ends the command when there is none or several."""
    found = telling.people_called(announcement, name)
    if not found:
        words = _(
            "Родителя «{name}» среди адресатов нет. Кого не оповестили: broadcaster report {id}"
        )
        problem = words.format(name=name, id=short(announcement))
        fail("no_such_person", [problem], exit_code=BAD_INPUT)
    if len(found) > 1:
        several = ", ".join(f"{one.name} ({one.pk})" for one in found)
        words = _("«{name}» — это несколько родителей: {several}. Укажите номер.")
        fail("several_people", [words.format(name=name, several=several)], exit_code=BAD_INPUT)
    return found[0]


def _refuse(refused: CannotResend) -> NoReturn:
    fail(refused.refusal, [REFUSALS[refused.refusal]], exit_code=BAD_INPUT)
