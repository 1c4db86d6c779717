"""Ports that commands listen on: read from the command line, and free before anything starts."""

from __future__ import annotations

import errno
import socket

import typer

from broadcaster.cli.output import AWAY, BAD_INPUT, fail
from broadcaster.foreign_words import system_words
from broadcaster.i18n import _

HIGHEST = 65535


def _port(value: str | int) -> int:
    try:
        port = int(value)
    except ValueError:
        port = -1
    if 1 <= port <= HIGHEST:
        return port
    words = _("ожидается номер от 1 до {highest}, а не «{value}».")
    raise typer.BadParameter(words.format(highest=HIGHEST, value=value))


def port_option(words: str) -> object:
    """The option `--port`, explained in these words."""
    return typer.Option("--port", parser=_port, metavar=_("ПОРТ"), help=words)


def address(host: str, port: int) -> str:
    """How `host:port` is written where it is bound and in URLs; IPv6 stands in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def refuse_taken(host: str, port: int) -> None:
    """End the command with a sentence when nobody could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except socket.gaierror:
        words = _("--host: адреса «{host}» на этом компьютере нет.").format(host=host)
        fail("bad_host", [words], exit_code=BAD_INPUT)
    except OSError as error:
        fail("port_taken", [_why(error, host, port)], exit_code=AWAY)


def _why(error: OSError, host: str, port: int) -> str:
    place = address(host, port)
    match error.errno:
        case errno.EADDRINUSE:
            words = _("Порт занят: {place}. Остановите то, что там работает, или укажите --port.")
        case errno.EACCES:
            words = _("Порт {place} открывает только администратор. Укажите --port больше 1023.")
        case _:
            words = _("Слушать {place} не удалось: {why}. Проверьте --host и --port.")
    return words.format(place=place, why=system_words(error))
