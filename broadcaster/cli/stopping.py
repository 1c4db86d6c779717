"""`pause`, `resume`, `cancel`, `open`: stopping what has not left yet, and letting it go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from broadcaster.bootstrap import office
from broadcaster.cli.doors import announcement_of, database_open, ring
from broadcaster.cli.options import Id
from broadcaster.cli.output import BAD_INPUT, Json, emit, fail, say, short
from broadcaster.cli.reporting import copies_counted
from broadcaster.i18n import _
from broadcaster.services import channels, steering
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.drafting import no_such_channel
from broadcaster.services.follow import standing


@dataclass(frozen=True, slots=True)
class Words:
    """What is said when copies were changed, when there were none, and before the release."""

    copies: str
    nothing: str
    scheduled: str


ALL_GONE = _("Ждущих копий нет; что уже отправлено, не вернуть.")
PAUSED = Words(
    _("Придержано: {copies}. Продолжить: broadcaster resume {id}"),
    ALL_GONE,
    _("Назначенная отправка остановлена. Продолжить: broadcaster resume {id}"),
)
RESUMED = Words(
    _("Снова в очереди: {copies}."),
    _("Придержанных копий нет."),
    _("Отправка снова состоится в своё время."),
)
CANCELLED = Words(_("Отменено: {copies}."), ALL_GONE, _("Назначенная отправка отменена."))


def pause(number: Id, *, as_json: Json = False) -> None:
    """Hold what has not been handed over."""
    announcement = announcement_of(number)
    held = steering.pause(announcement, by=COMMAND_LINE, now=datetime.now(UTC))
    if as_json:
        emit({"announcement": announcement, "paused": held})
        return
    _tell(PAUSED, announcement, held)


def resume(number: Id, *, as_json: Json = False) -> None:
    """Let what was held go on."""
    announcement = announcement_of(number)
    if standing(announcement).cancelled_at:
        words = _("Объявление {id} отменено, продолжить его нельзя. Отправьте его заново.")
        fail("cancelled", [words.format(id=short(announcement))], exit_code=BAD_INPUT)
    queued = steering.resume(announcement, by=COMMAND_LINE, now=datetime.now(UTC))
    ring()
    if as_json:
        emit({"announcement": announcement, "resumed": queued})
        return
    _tell(RESUMED, announcement, queued)


def cancel(number: Id, *, as_json: Json = False) -> None:
    """End what has not been handed over."""
    announcement = announcement_of(number)
    before = standing(announcement)
    ended = steering.cancel(announcement, by=COMMAND_LINE, now=datetime.now(UTC))
    if as_json:
        emit({"announcement": announcement, "cancelled": ended})
        return
    was_going_on = before.released_at and not before.cancelled_at
    if was_going_on and not ended and standing(announcement).cancelled_at:
        say(_("Отменено: ждущих копий нет, а не дошедшие отправить ещё раз уже нельзя."))
        return
    _tell(CANCELLED, announcement, ended)


def open_channel(
    name: Annotated[str, typer.Argument(metavar=_("КАНАЛ"), help=_("Имя канала: telegram, vk…"))],
    *,
    as_json: Json = False,
) -> None:
    """Open a channel that was shut until a person looks."""
    if name not in office().outlets:
        problem = no_such_channel(name, office())
        fail("no_such_channel", [problem], exit_code=BAD_INPUT)
    database_open()
    channels.reopen(name, by=COMMAND_LINE, now=datetime.now(UTC))
    ring()
    if as_json:
        emit({"opened": name})
        return
    say(_("Канал «{name}» снова открыт.").format(name=name))


def _tell(words: Words, announcement: UUID, changed: int) -> None:
    if not standing(announcement).released_at:
        say(words.scheduled.format(id=short(announcement)), "bold")
    elif changed:
        copies = copies_counted(changed)
        say(words.copies.format(copies=copies, id=short(announcement)), "bold")
    else:
        say(words.nothing)
