"""The frame that Typer puts around commands, in the school's language: help pages and usage errors.

Typer carries its own copy of Click, with English sentences and no public names for the formatter
and the errors; this is the only file that knows them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cached_property
from importlib import import_module
from typing import Any

from typer import Exit, Typer
from typer._click.core import Command as AnyCommand
from typer._click.core import Context, Parameter
from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    ClickException,
    MissingParameter,
    NoSuchOption,
    UsageError,
)
from typer._click.formatting import HelpFormatter
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from broadcaster.cli.output import BAD_COMMAND
from broadcaster.foreign_words import field_words
from broadcaster.i18n import _

OPTIONS = _("[ПАРАМЕТРЫ]")

TYPERS_OWN = {
    "help": _("Показать эту справку."),
    "install_completion": _("Научить оболочку дополнять команды по Tab."),
    "show_completion": _("Показать, что для этого нужно вписать в её настройки."),
}
"""Help of the options that Typer adds by itself."""

Unusable = ClickException
"""A command line that cannot be understood."""


def helped(words: str, *examples: str) -> str:
    """A help page: what the command does and how it is called, the examples never rewrapped."""
    title = _("Пример:") if len(examples) == 1 else _("Примеры:")
    return "\n".join([words, "", "\b", title, *(f"  {example}" for example in examples)])


class Command(TyperCommand):
    """A command whose help is in the school's language; it is imported when it is called.

    Whoever types one command, or looks at the table of contents, does not wait for all the others.
    """

    def __init__(self, name: str, place: str, page: str, **settings: Any) -> None:
        super().__init__(name, help=page, rich_markup_mode=None, **settings)
        self._place = place
        del self.params, self.callback  # read below

    @cached_property
    def params(self) -> list[Parameter]:  # type: ignore[override] # may be set as well
        """What may be given to the command."""
        return self._read.params

    @cached_property
    def callback(self) -> Callable[..., Any] | None:  # type: ignore[override] # as above
        """What the command does."""
        return self._read.callback

    @cached_property
    def _read(self) -> AnyCommand:
        module, name = self._place.split(":")
        alone = Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        alone.command()(getattr(import_module(f"broadcaster.cli.{module}"), name))
        return get_command(alone)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """The words that are left over; UsageError when the command does not take them."""
        takes_more, ctx.allow_extra_args = ctx.allow_extra_args, True
        left = super().parse_args(ctx, args)
        if left and not takes_more:
            raise UsageError(_("Лишнее: {words}.").format(words=" ".join(left)), ctx)
        return left

    def format_usage(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write how the command is called."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write what may be given to the command."""
        _write_parameters(self, ctx, formatter)


class Group(TyperGroup):
    """A group of commands whose help is in the school's language."""

    def format_usage(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write how the group is called."""
        _write_usage(self, ctx, formatter, _("КОМАНДА …"))

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write what may be given to the group, and its commands."""
        _write_parameters(self, ctx, formatter)
        rows = [(name, command.get_short_help_str(80)) for name, command in self.commands.items()]
        with formatter.section(_("Команды")):
            formatter.write_dl(rows)

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """The words of the command line; without any, the help is shown instead."""
        if not args and not ctx.resilient_parsing:
            sys.stderr.write(ctx.get_help() + "\n")
            raise Exit(BAD_COMMAND)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, AnyCommand | None, list[str]]:
        """The command that is meant; UsageError with the nearest name when there is none."""
        name = args[0]
        if name in self.commands or name.startswith("-"):
            return super().resolve_command(ctx, args)
        near = get_close_matches(name, self.commands, n=1)
        hint = _("Может быть, «{near}»?").format(near=near[0]) if near else ""
        raise UsageError(_("Команды «{name}» нет. {hint}").format(name=name, hint=hint), ctx)


def _nothing() -> None:
    """Come before the commands of a group."""


def group_of(
    words: str,
    *examples: str,
    epilog: str = "",
    callback: Callable[..., None] = _nothing,
    add_completion: bool = False,
) -> Group:
    """A group that waits for its commands; what it says about itself is its help page."""
    frame = Typer(
        cls=Group,
        help=helped(words, *examples),
        epilog=epilog,
        callback=callback,
        add_completion=add_completion,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    group = get_command(frame)
    assert isinstance(group, Group)
    return group


def add(group: Group, name: str, place: str, words: str, *examples: str, **settings: Any) -> None:
    """Put a command into a group; what it says about itself is its help page.

    Its place is the module among these and the function, as in `sending:send`.
    """
    page = helped(words, *(f"broadcaster {example}" for example in examples))
    group.add_command(Command(name, place, page, **settings))


def _write_usage(command: AnyCommand, ctx: Context, formatter: HelpFormatter, *more: str) -> None:
    arguments = [
        _shown(param) if param.required else f"[{_shown(param)}]"
        for param in command.get_params(ctx)
        if param.param_type_name == "argument"
    ]
    words = " ".join([OPTIONS, *arguments, *more])
    formatter.write_usage(ctx.command_path, words, _("Использование: "))


def _write_parameters(command: AnyCommand, ctx: Context, formatter: HelpFormatter) -> None:
    sections = {"argument": _("Аргументы"), "option": _("Параметры")}
    for kind, title in sections.items():
        rows = [
            (_shown(param), _explained(param))
            for param in command.get_params(ctx)
            if param.param_type_name == kind
        ]
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows)


def _shown(param: Any) -> str:
    """The parameter as it is typed."""
    if param.param_type_name == "argument":
        return str(param.metavar or param.name)
    return " ".join(filter(None, (", ".join(param.opts), param.metavar)))


def _explained(param: Any) -> str:
    """The parameter's help with its default, and whether it may be left out."""
    words = TYPERS_OWN.get(param.name) or param.help or ""
    if param.required and param.param_type_name == "option":
        words += " " + _("[обязательно]")
    if param.default and param.show_default and not getattr(param, "is_flag", False):
        words += " " + _("[по умолчанию {default}]").format(default=param.default)
    return words


def usage_problems(error: ClickException) -> list[str]:
    """What is wrong with a command line and where the help is; the sentences for a person."""
    problems = [_told(error)]
    context = getattr(error, "ctx", None)
    if context is not None:
        problems.append(_("Справка: {command} --help").format(command=context.command_path))
    return problems


PATHS: Mapping[str, str] = {
    " is a file.": _("это файл, а не папка."),
    " is a directory.": _("это папка, а не файл."),
    " is not readable.": _("нет прав это читать."),
    " is not writable.": _("нет прав сюда писать."),
    " does not exist.": _("такого файла или папки нет."),
}
"""What Typer says of a path, by how it ends."""


def _refusal(error: BadParameter) -> str:
    """Why a value is refused: our own words, or Typer's and pydantic's said again in ours."""
    from pydantic import ValidationError  # noqa: PLC0415 - slow to import, here by now

    if isinstance(error.__cause__, ValidationError):
        return field_words(error.__cause__.errors()[0])
    told = (words for end, words in PATHS.items() if error.message.endswith(end))
    return next(told, error.message)


def _told(error: ClickException) -> str:
    match error:
        case NoSuchOption():
            near = ", ".join(error.possibilities or ())
            hint = _("Может быть, {near}?").format(near=near) if near else ""
            return _("Параметра {name} нет. {hint}").format(name=error.option_name, hint=hint)
        case MissingParameter(param=param) if param is not None:
            return _("Не хватает: {name}.").format(name=_shown(param))
        case BadOptionUsage():
            words = _("{name}: значения не хватает или оно лишнее.")
            return words.format(name=error.option_name)
        case BadParameter(param=param) if param is not None:
            return f"{_shown(param)}: {_refusal(error)}"
        case _:
            return error.format_message()
