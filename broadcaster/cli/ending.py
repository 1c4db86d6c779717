"""How a command ends: every fault becomes words, a stable code and an exit code in one place."""

from __future__ import annotations

import errno
import logging

from django.db import DatabaseError, InterfaceError, OperationalError

from broadcaster.cli.frame import Unusable, usage_problems
from broadcaster.cli.output import AWAY, BAD_COMMAND, BAD_INPUT, FAULT, Failed
from broadcaster.cli.processes import ChildEnded
from broadcaster.config import ConfigMistake
from broadcaster.foreign_words import system_words
from broadcaster.i18n import _
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.sandbox.faultfile import FaultMistake
from broadcaster.services.database_words import database_trouble

log = logging.getLogger(__name__)


PLAIN = (
    (ConfigMistake, "config_mistake", BAD_INPUT),
    (RenderingMistake, "rendering_mistake", BAD_INPUT),
    (FaultMistake, "fault_mistake", BAD_INPUT),
    (ChildEnded, "part_ended", AWAY),
)
"""Faults whose own message says it all."""

OF_THE_MACHINE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}
"""What is wrong with rights and disks, not with the program."""


def told(fault: Exception) -> Failed:
    """The fault in words; one that nobody expects is logged with its traceback."""
    if isinstance(fault, Failed):
        return fault
    if (known := _known(fault)) is not None:
        return known
    log.error("command.failed", exc_info=fault)
    return Failed("fault", [_unexpected(fault)], exit_code=FAULT)


def _known(fault: Exception) -> Failed | None:
    from broadcaster.services.release import AlreadyReleased  # noqa: PLC0415 - slow to import

    match fault:
        case Unusable():
            return Failed("bad_command", usage_problems(fault), exit_code=BAD_COMMAND)
        case AlreadyReleased():
            words = _("Это объявление уже отправлено или отменено.")
            return Failed("already_released", [words], exit_code=BAD_INPUT)
        case DatabaseError() | InterfaceError() if _cannot_be_used(fault):
            return Failed("no_database", [database_away(fault)], exit_code=AWAY)
        case OSError(filename=str(file), errno=number) if number in OF_THE_MACHINE:
            words = _("{file}: {why}. Проверьте, чей это файл и есть ли место на диске.")
            problem = words.format(file=file, why=system_words(fault))
            return Failed("no_access", [problem], exit_code=AWAY)
    for kind, code, exit_code in PLAIN:
        if isinstance(fault, kind):
            return Failed(code, [str(fault)], exit_code=exit_code)
    return None


def _cannot_be_used(fault: Exception) -> bool:
    """Whether the database is away; of a file that is none SQLite says no more than DatabaseError.

    Its other kinds are faults of ours.
    """
    return isinstance(fault, OperationalError | InterfaceError) or type(fault) is DatabaseError


def database_away(error: Exception) -> str:
    """Say that the database cannot be used and what to do."""
    why, remedy = database_trouble(error)
    return _("База данных не отвечает: {why}. {remedy}").format(why=why, remedy=remedy)


def _unexpected(fault: Exception) -> str:
    words = _(
        "Ошибка в самой программе: {kind}. Подробности — строкой выше; приложите их к письму"
        " разработчикам. Уже принятые данные целы."
    )
    return words.format(kind=type(fault).__name__)
