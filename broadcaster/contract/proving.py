"""Whether a platform is at work: a silent one must not take message after message into the unknown,
and one out of reach need not be knocked at by every copy.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from broadcaster.contract.faults import Held

REST = 10.0
"""Seconds for which a platform is left alone that cannot be reached, or that has lost answers one
after another.
"""
ENOUGH = 2
"""Lost answers, and none between them, after which it is left alone."""


class Proof:
    """Lets requests go side by side while the platform is at work; until it is, one at a time, each
    after a question that leaves nothing behind.

    A platform that takes requests and answers none leaves in doubt what was under way when it fell
    silent, and nothing more. `lost` is what a request raises whose answer is lost, `failed` what
    one raises that the platform says it has failed at, `unsent` what one raises that has not left;
    `hold` shuts the turnstile for some seconds.
    """

    def __init__(
        self,
        hold: Callable[[float], None],
        *,
        lost: type[Exception],
        failed: type[Exception],
        unsent: type[Exception],
    ) -> None:
        self._hold = hold
        self._lost = lost
        self._failed = failed
        self._unsent = unsent
        self._works = False
        self._losses = 0
        self._alone = asyncio.Lock()

    @asynccontextmanager
    async def trying(self, ask: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        """Enter when a request may be tried; what the block raises tells how it ended.

        `ask` puts the question where that is not known: it raises `unsent` when the platform is not
        at work.
        """
        alone = await self._turn()
        try:
            if alone:
                await ask()
            yield
        except Held:
            raise
        except self._unsent:
            self._hold(REST)
            raise
        except self._lost:
            self._note_loss()
            raise
        except self._failed:
            self._works = False
            raise
        except Exception:  # a refusal is an answer too
            self._note_answer()
            raise
        else:
            self._note_answer()
        finally:
            if alone:
                self._alone.release()

    async def _turn(self) -> bool:
        """Whether the request is tried alone."""
        if self._works:
            return False
        await self._alone.acquire()
        if not self._works:
            return True
        self._alone.release()
        return False

    def _note_answer(self) -> None:
        self._works, self._losses = True, 0

    def _note_loss(self) -> None:
        self._works = False
        self._losses += 1
        if self._losses >= ENOUGH:
            self._hold(REST)
