"""The school's templates: where they are found, how they run, how their mistakes are told."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jinja2
from jinja2 import TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError

from broadcaster.i18n import _
from broadcaster.rendering.mistakes import TemplateMistake
from broadcaster.rendering.sandbox import Sandbox

SHIPPED: Final = Path(__file__).resolve().parents[2] / "templates" / "messages"
"""The templates of this program, under those of the school."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What came out of a template, and the path of the file it stands in."""

    text: str
    file: str

    def mistake(self, message: str, fragment: str = "") -> TemplateMistake:
        """The complaint about this text; the line is that of `fragment`, where the file has it."""
        before, found, _after = Path(self.file).read_text("utf-8-sig").partition(fragment or "\0")
        return TemplateMistake(self.file, before.count("\n") + 1 if found else 0, message)


class Templates:
    """The templates of one school: its own folder, when there is one, before those of this program.

    A changed file is read again with the next announcement.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        folders = [SHIPPED] if folder is None else [folder, SHIPPED]
        self._sandbox = Sandbox(jinja2.FileSystemLoader(folders, encoding="utf-8-sig"))

    def render(self, names: Sequence[str], context: Mapping[str, object]) -> Rendered:
        """The text of the first of these templates that exists.

        Raises TemplateMistake, with file and line, for whatever is wrong in it or in what it
        includes.
        """
        try:
            template = self._sandbox.select_template(list(names))
            return Rendered(template.render(context), template.filename or names[0])
        except Exception as error:  # a template can raise anything: all of it is its own mistake
            raise _told(error, self._path(names[0])) from error

    def own_files(self) -> list[tuple[str, str]]:
        """The path and the name of each file in the school's folder, «_partial» ones left out."""
        if self.folder is None:
            return []
        paths = (path for path in sorted(self.folder.rglob("*.j2")) if path.name[0] != "_")
        return [(str(path), path.relative_to(self.folder).as_posix()) for path in paths]

    def _path(self, name: str) -> str:
        folder = SHIPPED if self.folder is None else self.folder
        return str(folder / name)


def _told(error: Exception, file: str) -> TemplateMistake:
    """The mistake behind an error of Jinja's; `file` is the template that was asked for.

    The second line of a message, where there is one, says what is expected (see `sandbox`).
    """
    line = 0
    match error:
        case TemplateSyntaxError():
            file, line, said = error.filename or file, error.lineno, error.message or ""
        case jinja2.TemplateNotFound():
            file, line = _place(error, file)
            said = _("шаблона «{name}» нет.").format(name=error.name)
        case UnicodeDecodeError():
            said = _("файл записан не в кодировке UTF-8.")
        case UndefinedError() | SecurityError():
            (file, line), said = _place(error, file), str(error)
        case _:
            (file, line), said = _place(error, file), f"{type(error).__name__}: {error}"
    message, _newline, expected = said.partition("\n")
    return TemplateMistake(file, line, message, expected)


def _place(error: Exception, file: str) -> tuple[str, int]:
    """The innermost place in a template; Jinja writes the lines of templates into tracebacks."""
    places = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename.endswith(".j2")
    ]
    return places[-1] if places else (file, 0)
