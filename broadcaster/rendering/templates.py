"""The school's templates: where they are found, how they run, how their mistakes are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broadcaster.rendering.characters import clean_parsed
from broadcaster.rendering.mistakes import TemplateMistake
from broadcaster.rendering.sandbox import Sandbox
from broadcaster.templating.meter import metered, refuse_over
from broadcaster.templating.sandbox import Folders
from broadcaster.templating.saying import place, said

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
        self._sandbox = Sandbox(Folders(folders, encoding="utf-8-sig"))

    def render(self, names: Sequence[str], context: Mapping[str, object]) -> Rendered:
        """The text of the first of these templates that exists.

        Raises TemplateMistake, with file and line, for whatever is wrong in it or in what it
        includes.
        """
        try:
            with metered():
                template = self._sandbox.select_template(list(names))
                text = clean_parsed(template.render(context))
                refuse_over(len(text))
                return Rendered(text, template.filename or names[0])
        except Exception as error:  # a template can raise anything: all of it is its own mistake
            raise _mistake(error, self._path(names[0])) from error

    def own_files(self) -> list[tuple[str, str]]:
        """The path and the name of each file in the school's folder, «_partial» ones left out."""
        if self.folder is None:
            return []
        paths = (path for path in sorted(self.folder.rglob("*.j2")) if path.name[0] != "_")
        return [(str(path), path.relative_to(self.folder).as_posix()) for path in paths]

    def _path(self, name: str) -> str:
        folder = SHIPPED if self.folder is None else self.folder
        return str(folder / name)


def _mistake(error: Exception, file: str) -> TemplateMistake:
    """The mistake behind an error of a template; `file` is the one that was asked for."""
    file, line = place(error, file)
    message, _newline, expected = said(error).partition("\n")
    return TemplateMistake(file, line, message, expected)
