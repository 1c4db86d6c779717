"""`pause`, `resume`, `cancel`, `open`: stopping what has not left yet, and letting it go on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

from broadcaster.bootstrap import office
from broadcaster.cli.announcements import Id
from broadcaster.cli.doors import announcement_of, database_open, ring
from broadcaster.cli.output import BAD_INPUT, Json, emit, fail, say, short
from broadcaster.i18n import _, counted
from broadcaster.services import control
from broadcaster.services.drafting import no_such_channel
from broadcaster.services.follow import standing


def pause(number: Id, *, as_json: Json = False) -> None:
    """Hold what has not been handed over."""
    announcement = announcement_of(number)
    held = control.pause(announcement, now=datetime.now(UTC))
    _tell(_("Придержано: {copies}."), "paused", announcement, held, as_json=as_json)
    if not as_json:
        say(_("Продолжить: broadcaster resume {id}").format(id=short(announcement)))


def resume(number: Id, *, as_json: Json = False) -> None:
    """Let what was held go on."""
    announcement = announcement_of(number)
    queued = control.resume(announcement)
    ring()
    _tell(_("Снова в очереди: {copies}."), "resumed", announcement, queued, as_json=as_json)


def cancel(number: Id, *, as_json: Json = False) -> None:
    """End what has not been handed over."""
    announcement = announcement_of(number)
    ended = control.cancel(announcement, now=datetime.now(UTC))
    _tell(_("Отменено: {copies}."), "cancelled", announcement, ended, as_json=as_json)


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
    control.reopen(name)
    ring()
    if as_json:
        emit({"opened": name})
        return
    say(_("Канал «{name}» снова открыт.").format(name=name))


def _tell(words: str, what: str, announcement: UUID, changed: int, *, as_json: bool) -> None:
    if as_json:
        emit({"announcement": announcement, what: changed})
        return
    noun = counted(_("копия"), _("копии"), _("копий"), changed)
    say(words.format(copies=f"{changed} {noun}"), "bold")
    if not changed and standing(announcement).released_at:
        say(_("Ждущих копий нет; что уже отправлено, не вернуть."))
