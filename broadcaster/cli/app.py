"""The command's table of contents, and the one place where expected faults become exit codes."""

from __future__ import annotations

import sys

import typer
from django.db import DatabaseError

from broadcaster.cli import announcements, demo, people, sandbox, system
from broadcaster.cli.output import AWAY, BAD_INPUT, emit, err
from broadcaster.config import ConfigMistake
from broadcaster.i18n import _
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.release import AlreadyReleased

app = typer.Typer(
    help=_("Одно объявление — каждой семье, с квитанцией на каждую копию."),
    epilog=_(
        "Коды выхода: 0 — сделано; 1 — сделано, но нужен человек; 2 — ошибка в команде; "
        "3 — ошибка в файле или настройках; 4 — недоступна часть системы."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command("demo")(demo.demo)
app.command("serve")(system.serve)
app.command("sandbox")(sandbox.sandbox)
app.command("send")(announcements.send)
app.command("preview")(announcements.preview)
app.command("report")(announcements.show)
app.command("pause")(announcements.pause)
app.command("resume")(announcements.resume)
app.command("cancel")(announcements.cancel)
app.command("open")(system.open_channel)
app.command("init")(system.init)
app.command("check")(system.check)
app.command(
    "manage",
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],
    },
)(system.manage)

app.add_typer(people.app, name="people")
site = typer.Typer(help=_("Страницы и ленты для сайта школы."), no_args_is_help=True)
site.command("export")(system.export_site)
app.add_typer(site, name="site")


def run() -> None:
    """Run the command; expected faults end it with a sentence and a code."""
    try:
        app()
    except ConfigMistake as mistake:
        _end("config_mistake", str(mistake), BAD_INPUT)
    except RenderingMistake as mistake:
        _end("rendering_mistake", str(mistake), BAD_INPUT)
    except AlreadyReleased:
        _end("already_released", _("Это объявление уже отправлено или отменено."), BAD_INPUT)
    except DatabaseError as error:
        _end("no_database", _("База данных не отвечает: {why}").format(why=error), AWAY)


def _end(code: str, words: str, exit_code: int) -> None:
    if "--json" in sys.argv:
        emit({"error": code, "problems": [words]})
    else:
        err.print(words, style="red", markup=False, soft_wrap=True)
    sys.exit(exit_code)
