"""What people can get wrong in a text or a template.

RenderingMistake
├── BodyMistake       in what the author wrote
└── TemplateMistake   in a template of the school or of this program
"""

from __future__ import annotations

from broadcaster.i18n import _


class RenderingMistake(Exception):
    """Nothing may be sent until a person has corrected this; `str()` tells them what."""


class BodyMistake(RenderingMistake):
    """The author's text cannot be sent; `line` counts from 1, 0 is the title or the text as a
    whole.
    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message, line)
        self.message = message
        self.line = line

    def __str__(self) -> str:
        if not self.line:
            return self.message
        return _("строка {line}: {message}").format(line=self.line, message=self.message)


class TemplateMistake(RenderingMistake):
    """A template is wrong; `line` counts from 1, 0 when the whole file is meant.

    `file` is the template's path, `message` what is wrong, `expected` what would be right ("" when
    the message says it all).
    """

    def __init__(self, file: str, line: int, message: str, expected: str = "") -> None:
        super().__init__(file, line, message, expected)
        self.file = file
        self.line = line
        self.message = message
        self.expected = expected

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        if not self.expected:
            return f"{place}: {self.message}"
        return _("{place}: {message} Ожидается: {expected}.").format(
            place=place, message=self.message, expected=self.expected
        )
