"""A sandbox platform with its real limit: `benchmarks.platform telegram|vk [LATENCY [BUNDLE]]`.

It answers after LATENCY seconds; BUNDLE messages come in one request. Its report says how many
requests came since the last one, how many messages were shown, and of those after the first second:
how `many` came in how many `seconds`, by the platform's own clock.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import uvloop

from benchmarks.installation import TELEGRAM_TOKEN, VK_TOKEN
from benchmarks.serve import answer
from broadcaster.sandbox.telegram import TelegramSandbox
from broadcaster.sandbox.vk import VkSandbox

TELEGRAM_RATE, VK_RATE, VK_GROUP = 30, 20, 777


async def main() -> None:
    """Run the platform until nobody asks any more."""
    given = dict(zip(("name", "latency", "bundle"), sys.argv[1:], strict=False))
    latency, bundle = float(given.get("latency", 0)), int(given.get("bundle", 1))
    platform = (
        VkSandbox(token=VK_TOKEN, group_id=VK_GROUP, rate=VK_RATE, latency=latency)
        if given["name"] == "vk"
        else TelegramSandbox(TELEGRAM_TOKEN, rate=TELEGRAM_RATE, latency=latency)
    )
    async with platform:

        def report() -> dict[str, Any]:
            times = [shown.at.timestamp() for shown in platform.inbox.all()]
            told = {"calls": sum(platform.calls.values()), "shown": len(times)}
            told |= steady(times, bundle)
            platform.inbox.clear()
            platform.calls.clear()
            return told

        await answer(platform.base_url, report)


def steady(times: Sequence[float], bundle: int = 1) -> dict[str, Any]:
    """What came after the first request later than a second from the start, and in what time."""
    later = [at for at in times[::bundle] if at > times[0] + 1]
    if not later:
        return {"many": 0, "seconds": 0.0}
    return {"many": (len(later) - 1) * bundle, "seconds": later[-1] - later[0]}


if __name__ == "__main__":
    uvloop.run(main())
