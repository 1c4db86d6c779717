"""Before the first command: Django's settings are read, the demo gets its own home."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from broadcaster.cli.home import HomeTaken, demo_environment
from broadcaster.i18n import _

BAD_INPUT, AWAY = 3, 4
"""As in `broadcaster.cli.output`, which needs what is being prepared here."""


def begin(words: Sequence[str]) -> None:
    """Set Django up; ends the program with a sentence when its home or database URL is no good."""
    as_json = "--json" in words
    try:
        if words[:1] == ["demo"] and "--help" not in words:
            os.environ.update(demo_environment())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadcaster.settings")
        import django  # noqa: PLC0415 - after its settings are named

        django.setup()
    except HomeTaken as taken:
        _end("home_taken", str(taken), BAD_INPUT, as_json=as_json)
    except OSError as error:
        words_ = _("{file}: не удалось открыть или создать: {why}. Где лежат данные, говорит"
                   " переменная BROADCASTER_HOME.")
        _end("no_home", words_.format(file=error.filename, why=error.strerror), AWAY, as_json=as_json)
    except ValueError as error:
        _end("bad_settings", str(error), BAD_INPUT, as_json=as_json)


def _end(code: str, problem: str, exit_code: int, *, as_json: bool) -> NoReturn:
    if as_json:
        sys.stdout.write(json.dumps({"error": code, "problems": [problem]}, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(problem + "\n")
    sys.exit(exit_code)
