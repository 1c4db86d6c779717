"""The `broadcaster` command: one file a noun.

Exit codes: 0 done; 1 done, but something needs a person (somebody was not reached, a check failed);
2 the command line is wrong; 3 a file, an id or the configuration is wrong, nothing was changed; 4
the database, Redis or another part of the system is away; 70 a fault of this program; 130
interrupted, or a question answered with no.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def main() -> None:
    """Prepare Django and run the command; the demo gets its own home before anything is read."""
    from broadcaster.cli.beginning import begin  # noqa: PLC0415 - needs nothing of Django

    words = sys.argv[1:]
    begin(words)
    from broadcaster.cli.app import obey_sigterm, run  # noqa: PLC0415 - needs Django

    obey_sigterm()
    exit_code = run(words)
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.exit(exit_code)
    # The reader has gone, as `| head` does: nothing is left to say, not even by Python itself.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(exit_code)
