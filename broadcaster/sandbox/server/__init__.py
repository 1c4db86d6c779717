"""The sandbox as a whole: all platforms at once, and pages that show the parents' phones live.

`pages` are the live pages, `sandbox` starts and stops all.
"""

from broadcaster.sandbox.server.sandbox import Sandbox, run_in_thread

__all__ = ["Sandbox", "run_in_thread"]
