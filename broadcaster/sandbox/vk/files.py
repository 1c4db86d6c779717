"""Upload servers, the uploads themselves, and what saves them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from broadcaster.sandbox.phone import ShownFile
from broadcaster.sandbox.vk.refusals import Refusal
from broadcaster.sandbox.vk.tables import DOCUMENT_BYTES, PHOTO_BYTES, REFUSED_FILES
from broadcaster.sandbox.vk.world import Order, Saved, World

BAD_PHOTO = 129
BAD_SERVER = 118
BAD_HASH = 121
NOT_SAVED = 105
NO_SUCH_GROUP = 125
SERVER = 1
ALBUM = -64


def photo_server(order: Order) -> dict[str, Any]:
    """Where to post a photo for this peer or wall."""
    url = _upload_url(order, "photo")
    return {**url, "album_id": ALBUM, "user_id": 0, "group_id": order.world.group_id}


def document_server(order: Order) -> dict[str, Any]:
    """Where to post a document for this peer or wall."""
    return _upload_url(order, "document")


def take_photo(world: World, file: ShownFile) -> dict[str, Any]:
    """The upload server's answer to a photo; an empty list when it is none it takes."""
    if not file.content or len(file.content) > PHOTO_BYTES:
        return {"server": SERVER, "photo": "[]", "hash": ""}
    ticket = _ticket(world, file)
    return {"server": SERVER, "photo": json.dumps([{"photo": ticket}]), "hash": _seal(ticket)}


def take_document(world: World, file: ShownFile) -> dict[str, Any]:
    """The upload server's answer to a document."""
    if not file.content or len(file.content) > DOCUMENT_BYTES:
        return {"error": "file_size", "error_descr": "wrong size of the file"}
    if PurePath(file.name).suffix.lower() in REFUSED_FILES:
        return {"error": "file_type", "error_descr": "files of this type are not stored"}
    return {"file": _ticket(world, file)}


def save_photo(order: Order) -> list[dict[str, Any]]:
    """A list with the saved photo."""
    values = order.values
    try:
        ticket = json.loads(values["photo"])[0]["photo"]
    except (ValueError, TypeError, KeyError, IndexError):
        raise Refusal(BAD_PHOTO) from None
    if values.get("server") != SERVER:
        raise Refusal(BAD_SERVER)
    if values.get("hash") != _seal(ticket):
        raise Refusal(BAD_HASH)
    saved = _save(order.world, "photo", ticket, BAD_PHOTO)
    return [
        {
            "id": saved.number,
            "owner_id": saved.owner_id,
            "access_key": saved.access_key,
            "album_id": ALBUM,
            "date": _now(),
            "has_tags": False,
            "text": "",
            "sizes": [],
        }
    ]


def save_document(order: Order) -> dict[str, Any]:
    """The saved document under its own name."""
    saved = _save(order.world, "doc", order.values["file"], NOT_SAVED)
    document = {
        "id": saved.number,
        "owner_id": saved.owner_id,
        "access_key": saved.access_key,
        "title": order.values.get("title", saved.file.name),
        "size": len(saved.file.content),
        "ext": PurePath(saved.file.name).suffix.removeprefix("."),
        "date": _now(),
        "type": 8,
    }
    return {"type": "doc", "doc": document}


def _upload_url(order: Order, sort: str) -> dict[str, Any]:
    order.refuse(order.values.get("peer_id"))
    if order.values.get("group_id", order.world.group_id) != order.world.group_id:
        raise Refusal(NO_SUCH_GROUP)
    return {"upload_url": f"{order.base_url}/upload/{sort}"}


def _ticket(world: World, file: ShownFile) -> str:
    ticket = uuid4().hex
    world.uploaded[ticket] = file
    return ticket


def _seal(ticket: str) -> str:
    return sha256(ticket.encode()).hexdigest()[:16]


def _save(world: World, sort: str, ticket: str, no_such: int) -> Saved:
    file = world.uploaded.pop(ticket, None)
    if file is None:
        raise Refusal(no_such)
    saved = Saved(sort, -world.group_id, next(world.numbers), uuid4().hex[:18], file)
    world.saved[sort, saved.owner_id, saved.number] = saved
    return saved


def _now() -> int:
    return int(datetime.now(UTC).timestamp())
