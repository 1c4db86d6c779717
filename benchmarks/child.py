"""A contender in a fresh interpreter: `python -m benchmarks.child NAME JSON`.

The last line it writes is JSON: the contender's figures and `rss`, the peak of memory in bytes
until the end, or until the contender itself read it.
"""

from __future__ import annotations

import json
import resource
import sys
from importlib import import_module

KILOBYTE = 1 if sys.platform == "darwin" else 1024
"""The unit of `ru_maxrss` in bytes."""


def peak() -> int:
    """The most bytes of memory this process has had until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE


def main() -> None:
    """Run one contender with the keywords of the second argument."""
    name, options = sys.argv[1:]
    figures = import_module(f"benchmarks.contenders.{name}").run(**json.loads(options))
    print(json.dumps({"rss": peak(), **figures}), flush=True)


if __name__ == "__main__":
    main()
