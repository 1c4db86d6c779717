"""The sandbox as a whole: all platforms at once, and pages that show the parents' phones live.

`faultfile` reads what is to go wrong, `pages` are the live pages, `sandbox` starts and stops all.
"""

from broadcaster.sandbox.server.faultfile import FaultMistake
from broadcaster.sandbox.server.sandbox import Sandbox, run_in_thread

__all__ = ["FaultMistake", "Sandbox", "run_in_thread"]
