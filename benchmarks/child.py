"""A contender in a fresh interpreter: `python -m benchmarks.child NAME JSON`.

The last line it writes is JSON: the contender's figures and `rss`, the peak of memory in bytes.
"""

from __future__ import annotations

import json
import resource
import sys
from importlib import import_module

KILOBYTE = 1 if sys.platform == "darwin" else 1024
"""The unit of `ru_maxrss` in bytes."""


def main() -> None:
    """Run one contender with the keywords of the second argument."""
    name, options = sys.argv[1:]
    figures = import_module(f"benchmarks.contenders.{name}").run(**json.loads(options))
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE
    print(json.dumps({**figures, "rss": rss}), flush=True)


if __name__ == "__main__":
    main()
