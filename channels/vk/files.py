"""Photos and documents: uploaded once, attached to as many messages as there are.

VK's three steps: ask for a server, post the file there, save what it answers. What is saved has an
access key, so that it can be attached for other people than the one it was uploaded for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from weakref import WeakValueDictionary

from broadcaster.contract import Attachment, Uploads
from channels.vk.api import Account, Values
from channels.vk.errors import UPLOAD_ERROR, Lost, Refused

PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/gif"})
MAX_PHOTO = 50 * 1024 * 1024
"""Pictures of other types, and larger ones, go as documents."""


class Shelf(StrEnum):
    """Where a file is uploaded for; what is on one shelf cannot be used from the other."""

    MESSAGE = "message"
    WALL = "wall"


@dataclass(frozen=True, slots=True)
class Route:
    """The three steps for one sort of file: who gives the server, under which name, who saves."""

    server: str
    field: str
    save: str


PHOTOS = {
    Shelf.MESSAGE: Route("photos.getMessagesUploadServer", "photo", "photos.saveMessagesPhoto"),
    Shelf.WALL: Route("photos.getWallUploadServer", "photo", "photos.saveWallPhoto"),
}
DOCUMENTS = {
    Shelf.MESSAGE: Route("docs.getMessagesUploadServer", "file", "docs.save"),
    Shelf.WALL: Route("docs.getWallUploadServer", "file", "docs.save"),
}


def is_photo(attachment: Attachment) -> bool:
    """Whether VK takes it as a photo."""
    return attachment.media_type in PHOTO_TYPES and attachment.size <= MAX_PHOTO


class Files:
    """One account's files on one shelf."""

    def __init__(self, account: Account, uploads: Uploads, shelf: Shelf) -> None:
        self._account = account
        self._uploads = uploads
        self._shelf = shelf
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handles(self, attachments: Sequence[Attachment], place: Values) -> tuple[str, ...]:
        """What names these files in a message, in order; uploads what was not uploaded before.

        `place` is the parameter that says whom an upload is for: `peer_id` or `group_id`. Raises
        VkError, or Held by the turnstile.
        """
        return tuple([await self._handle(attachment, place) for attachment in attachments])

    async def forget(self, attachments: Sequence[Attachment]) -> None:
        """Upload these again next time: VK does not take their handles any more."""
        for attachment in attachments:
            await self._uploads.forget(attachment, self._kind(attachment))

    async def _handle(self, attachment: Attachment, place: Values) -> str:
        kind = self._kind(attachment)
        async with self._locks.setdefault(f"{kind} {attachment.digest}", asyncio.Lock()):
            handle = await self._uploads.recall(attachment, kind)
            if handle is None:
                handle = await self._upload(attachment, place)
                await self._uploads.keep(attachment, kind, handle)
            return handle

    def _kind(self, attachment: Attachment) -> str:
        return f"{self._shelf}-{'photo' if is_photo(attachment) else 'document'}"

    async def _upload(self, attachment: Attachment, place: Values) -> str:
        try:
            return await self._three_steps(attachment, place)
        except (KeyError, IndexError, TypeError) as error:
            raise Lost("an answer about the upload that nobody understands") from error

    async def _three_steps(self, attachment: Attachment, place: Values) -> str:
        photo = is_photo(attachment)
        route = (PHOTOS if photo else DOCUMENTS)[self._shelf]
        server = (await self._account.call(route.server, place))["response"]["upload_url"]
        told = await self._account.upload(server, route.field, attachment)
        values = _photo(told) if photo else {"file": told["file"], "title": attachment.name}
        if photo and self._shelf is Shelf.WALL:
            values = {**values, **place}
        return _handle_of((await self._account.call(route.save, values))["response"])


def _photo(told: dict[str, Any]) -> Values:
    if told.get("photo") in {None, "", "[]"}:
        raise Refused(UPLOAD_ERROR, "the upload server took no photo")
    return {name: told[name] for name in ("photo", "server", "hash")}


def _handle_of(saved: Any) -> str:
    """`photo-1_2_key` or `doc-1_2_key`: photos come as a list, a document under its own name."""
    sort, thing = ("photo", saved[0]) if isinstance(saved, list) else ("doc", saved["doc"])
    key = thing.get("access_key")
    return f"{sort}{thing['owner_id']}_{thing['id']}" + (f"_{key}" if key else "")
