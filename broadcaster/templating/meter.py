"""What a template may cost, counted in steps and not in seconds.

A step is a node of a template that is run once more, or a hundred characters that a template
touches. Counting gives the same answer on every machine, needs no signal and no thread, and stops
a template before it has filled the memory: nothing is made without being counted first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from jinja2 import Undefined
from jinja2.exceptions import SecurityError

from broadcaster.i18n import _

MAX_STEPS = 200_000
"""Steps of one rendering: a second or two of work; what this program ships takes under a thousand
and a step for every hundred characters.
"""

MAX_TEXT = 2_000_000
"""Characters of one text, or of one list with all that is in it."""

THING = 20
"""Characters that a list, a number or anything but text counts for, above what it holds."""

CHARACTERS = 100
"""Characters that cost a step."""

_left: ContextVar[list[int]] = ContextVar("steps left")


@contextmanager
def metered(steps: int = MAX_STEPS) -> Iterator[None]:
    """Allow what is rendered meanwhile so many steps; a strict template needs it."""
    token = _left.set([steps])
    try:
        yield
    finally:
        _left.reset(token)


def spend(steps: int) -> None:
    """Take these steps off; raises SecurityError when there are none left."""
    left = _left.get()
    left[0] -= steps
    if left[0] < 0:
        raise SecurityError(
            _("шаблон работает слишком долго.\nменьше циклов друг в друге и повторов")
        )


def touch(*values: object) -> None:
    """Pay for going through these values once; raises SecurityError when they are too large."""
    spend(1 + size(values) // CHARACTERS)


def size(value: object) -> int:
    """The characters of a value with all that is in it; raises SecurityError over MAX_TEXT.

    A list that stands in another twice counts twice: whoever walks through it does it twice.
    """
    counted, rest = 0, [value]
    while rest:
        part = rest.pop()
        if isinstance(part, str):
            counted += len(part)
        elif isinstance(part, Collection) and not isinstance(part, Undefined):
            rest.extend(part)
            rest.extend(part.values() if isinstance(part, Mapping) else ())
        counted += THING
        refuse_over(counted)
    return counted


def refuse_over(characters: int) -> None:
    """Raise SecurityError for a text that would be longer than MAX_TEXT."""
    if characters > MAX_TEXT:
        raise SecurityError(
            _("в шаблоне выходит слишком длинный текст.\nне более {limit} знаков").format(
                limit=MAX_TEXT
            )
        )
