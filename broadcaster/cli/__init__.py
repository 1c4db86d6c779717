"""The `broadcaster` command: one file a noun.

Exit codes: 0 done; 1 done, but something needs a person (somebody was not reached, a check failed);
2 the command line is wrong; 3 a file, an id or the configuration is wrong, nothing was changed; 4
the database, Redis or another part of the system is away; 70 a fault of this program; 130
interrupted, or a question answered with no; 143 ended by SIGTERM (0 for what runs until told).
"""

from __future__ import annotations

import gc
import os
import sys

UNTIL_TOLD = frozenset({"serve", "sandbox"})
"""Commands that run until somebody ends them: to be asked to, however early, is no fault."""

OFTEN_ENOUGH = 50_000
"""New objects after which Python looks for garbage: its own 700 come up all the time in imports."""


def main() -> None:
    """Run the command; a terminal's Ctrl-C and a reader that leaves end it without a word."""
    try:
        exit_code = _run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        exit_code = 130
    except BrokenPipeError:
        # As `| head` does. Nothing is left to say, not even by Python itself on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        exit_code = 1
    sys.exit(exit_code)


def _run(words: list[str]) -> int:
    """Prepare Django and run the command; the demo gets its own home before anything is read."""
    gc.set_threshold(OFTEN_ENOUGH)
    from broadcaster.cli.processes import TERMINATED, obey_sigterm  # noqa: PLC0415

    obey_sigterm(0 if UNTIL_TOLD.intersection(words[:1]) else TERMINATED)
    from broadcaster.cli.beginning import begin  # noqa: PLC0415 - Ctrl-C may come this early
    from broadcaster.cli.output import end  # noqa: PLC0415

    if failed := begin(words):
        return end(failed, as_json="--json" in words)
    from broadcaster.cli.app import run  # noqa: PLC0415 - needs Django

    return run(words)
