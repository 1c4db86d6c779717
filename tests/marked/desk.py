"""Somebody at the command line: `python -m tests.marked.desk`, a list of words a line in.

One process for many commands; what each says comes back as a line of JSON, logs go to stderr.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from io import StringIO

from broadcaster.cli.beginning import begin


def main() -> None:
    """Obey until nobody asks any more."""
    begin(["report"])
    from broadcaster.bootstrap import office, showroom
    from broadcaster.cli.app import run

    answers = sys.stdout
    for line in sys.stdin:
        office.cache_clear()
        showroom.cache_clear()
        said = StringIO()
        with redirect_stdout(said):
            code = run(json.loads(line))
        print(json.dumps({"code": code, "out": said.getvalue()}), file=answers, flush=True)


if __name__ == "__main__":
    main()
