"""Before the first command: Django's settings are read, the demo gets its own home."""

from __future__ import annotations

import os
from collections.abc import Sequence

from broadcaster.cli.output import AWAY, BAD_INPUT, Failed, fail
from broadcaster.foreign_words import system_words
from broadcaster.i18n import _


def begin(words: Sequence[str]) -> Failed | None:
    """Set Django up for this command line; gives what is wrong with its home or its variables."""
    try:
        if words[:1] == ["demo"] and "--help" not in words:
            from broadcaster.cli.home import demo_environment  # noqa: PLC0415 - of no other command

            os.environ.update(demo_environment())
        _set_up()
    except Failed as failed:
        return failed
    return None


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadcaster.settings")
    import django  # noqa: PLC0415 - after its settings are named

    try:
        django.setup()
    except OSError as error:
        words = _("{file}: {why}. Где лежат данные, говорит переменная BROADCASTER_HOME.")
        problem = words.format(file=error.filename, why=system_words(error))
        fail("no_home", [problem], exit_code=AWAY)
    except ValueError as error:
        fail("bad_variable", [str(error)], exit_code=BAD_INPUT)
