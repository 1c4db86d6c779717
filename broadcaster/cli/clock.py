"""The clock on the wall: pages for people show the school's time."""

from __future__ import annotations

import os
import time
from zoneinfo import ZoneInfo


def school_time(zone: ZoneInfo) -> None:
    """Make this process's local time the school's; Django sets it to UTC."""
    os.environ["TZ"] = zone.key
    time.tzset()
