"""A sandbox platform with its real limit: `python -m benchmarks.platform telegram|vk`.

Its report says how many requests came since the start, and how many messages were shown.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from benchmarks.installation import TELEGRAM_TOKEN, VK_TOKEN
from benchmarks.serve import answer
from broadcaster.sandbox.telegram import TelegramSandbox
from broadcaster.sandbox.vk import VkSandbox

TELEGRAM_RATE, VK_RATE, VK_GROUP = 30, 20, 777


async def main() -> None:
    """Run the platform until nobody asks any more."""
    platform = (
        VkSandbox(token=VK_TOKEN, group_id=VK_GROUP, rate=VK_RATE)
        if sys.argv[1] == "vk"
        else TelegramSandbox(TELEGRAM_TOKEN, rate=TELEGRAM_RATE)
    )
    async with platform:

        def report() -> dict[str, Any]:
            return {"calls": sum(platform.calls.values()), "shown": len(platform.inbox.all())}

        await answer(platform.base_url, report)


if __name__ == "__main__":
    asyncio.run(main())
