"""Files are uploaded once: the first copy uploads, the others wait for the platform's handle."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

import telegram
from telegram.error import BadRequest

from broadcaster.contract import Uploads
from channels.telegram.errors import HANDLE_REFUSED, Unreadable, says
from channels.telegram.plan import Item

log = logging.getLogger(__name__)

Items = tuple[Item, ...]
Handles = tuple[str | None, ...]
Post = Callable[[tuple[str | bytes, ...]], Awaitable[tuple[telegram.Message, ...]]]
"""Sends the files of one message, each by its handle or by its bytes."""


class Files:
    """The handles of this bot's files, and whose turn it is to upload."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self._turns: WeakValueDictionary[Items, asyncio.Lock] = WeakValueDictionary()

    async def send(self, items: Items, post: Post) -> tuple[telegram.Message, ...]:
        """What `post` answers, called with handles where there are any and with bytes elsewhere.

        A handle the platform refuses is forgotten and the file uploaded again, once. Raises what
        `post` raises.
        """
        handles = await self._recall(items)
        try:
            if None in handles:
                return await self._in_turn(items, post)
            return await post(_sendable(items, handles))
        except BadRequest as error:
            if not says(error, HANDLE_REFUSED):
                raise
        log.info("telegram.handle_refused", extra={"files": len(items)})
        await self._forget(items, handles)
        return await self._in_turn(items, post)

    async def _in_turn(self, items: Items, post: Post) -> tuple[telegram.Message, ...]:
        lock = self._turns.setdefault(items, asyncio.Lock())
        async with lock:
            handles = await self._recall(items)
            if None in handles:
                messages = await post(_sendable(items, handles))
                await self._keep(items, handles, messages)
                return messages
        return await post(_sendable(items, handles))

    async def _recall(self, items: Items) -> Handles:
        return tuple([await self._uploads.recall(item.attachment, item.kind) for item in items])

    async def _keep(
        self, items: Items, before: Handles, messages: tuple[telegram.Message, ...]
    ) -> None:
        for item, known, message in zip(items, before, messages, strict=False):
            if known is None and (handle := _handle(message)):
                await self._uploads.keep(item.attachment, item.kind, handle)

    async def _forget(self, items: Items, refused: Handles) -> None:
        for item, handle in zip(items, refused, strict=True):
            # Another copy may have replaced it meanwhile.
            if handle and await self._uploads.recall(item.attachment, item.kind) == handle:
                await self._uploads.forget(item.attachment, item.kind)


def _sendable(items: Items, handles: Handles) -> tuple[str | bytes, ...]:
    pairs = zip(items, handles, strict=True)
    try:
        return tuple(handle or item.attachment.content for item, handle in pairs)
    except OSError as error:
        problem = f"an attachment cannot be read: {error.strerror}"
    raise Unreadable(problem)


def _handle(message: telegram.Message) -> str:
    """The file_id of a message's file; of a photo, the largest size's."""
    shown = message.effective_attachment
    largest = shown[-1] if isinstance(shown, tuple) and shown else shown
    return getattr(largest, "file_id", "")
