"""A platform of paper and its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from broadcaster.sandbox.server import Sandbox
from tests.sandbox.paper import Paper


@pytest.fixture
def paper() -> Paper:
    """A platform of paper."""
    return Paper()


@pytest.fixture
async def browser(paper: Paper) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser on the pages of the sandbox that it runs in."""
    async with (
        Sandbox([paper]) as sandbox,
        aiohttp.ClientSession(sandbox.base_url) as session,
    ):
        yield session
