"""The `broadcaster` command: one file a noun.

Exit codes: 0 done; 1 done, but something needs a person (somebody was not reached, a check failed);
2 the command line is wrong; 3 a file or the configuration is wrong; 4 the database, Redis or
another part of the system is away; 130 interrupted.
"""

from __future__ import annotations

import os
import sys

from broadcaster.cli.home import demo_environment


def main() -> None:
    """Prepare Django and run the command; the demo gets its own home before anything is read."""
    if sys.argv[1:2] == ["demo"]:
        os.environ.update(demo_environment())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadcaster.settings")
    import django  # noqa: PLC0415 - after its settings are named

    django.setup()
    from broadcaster.cli.app import run  # noqa: PLC0415 - needs Django

    run()
