"""All platforms and their page, started and stopped together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from broadcaster.sandbox.faultfile import read_faults
from broadcaster.sandbox.phone import Platform, Shown
from broadcaster.sandbox.server.pages import LivePages, serving


class Sandbox:
    """Local platforms and the page with their phones; `port` is the page's, 0 takes a free one.

    `async with` starts everything on 127.0.0.1 and stops it; when one part does not start, those
    that did are stopped again. `base_url` is the page's address while it runs.
    """

    def __init__(self, platforms: Sequence[Platform], *, port: int = 0) -> None:
        self.platforms: Mapping[str, Platform] = {each.name: each for each in platforms}
        self.base_url = f"http://127.0.0.1:{port}"
        self._port = port
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as starting:
            for platform in self.platforms.values():
                await starting.enter_async_context(platform)
            pages = serving(LivePages(self.platforms), port=self._port)
            self.base_url = await starting.enter_async_context(pages)
            self._running = starting.pop_all()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._running.aclose()

    def load_faults(self, path: Path) -> int:
        """Add the faults of a YAML file, all or none, and count them; raises FaultMistake."""
        entries = read_faults(path, platforms=self.platforms)
        for entry in entries:
            self.platforms[entry.platform].faults.add(entry.fault)
        return len(entries)

    def shown(self) -> tuple[Shown, ...]:
        """Everything that has arrived anywhere, in order of time."""
        arrived = (item for each in self.platforms.values() for item in each.inbox.all())
        return tuple(sorted(arrived, key=lambda item: item.at))


@contextmanager
def run_in_thread(sandbox: Sandbox) -> Iterator[Sandbox]:
    """Run the sandbox in an event loop of its own while the block lasts.

    What keeps it from starting or stopping is raised here.
    """
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def live() -> None:
        async with sandbox:
            stop = asyncio.Event()
            started.set_result((asyncio.get_running_loop(), stop))
            await stop.wait()

    with ThreadPoolExecutor(1, thread_name_prefix="sandbox") as thread:
        ended = thread.submit(lambda: asyncio.run(live()))
        first: list[Future[Any]] = [started, ended]
        wait(first, return_when=FIRST_COMPLETED)
        if not started.done():
            ended.result()
        loop, stop = started.result()
        try:
            yield sandbox
        finally:
            loop.call_soon_threadsafe(stop.set)
            ended.result()
