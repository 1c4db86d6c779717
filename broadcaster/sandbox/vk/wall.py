"""wall.post, edit and delete."""

from __future__ import annotations

from broadcaster.sandbox.phone import ShownFile
from broadcaster.sandbox.vk.refusals import Refusal
from broadcaster.sandbox.vk.tables import WALL_DOCUMENTS, WALL_TEXT
from broadcaster.sandbox.vk.world import Order, as_html

BAD_PARAMETER = 100
NO_SUCH_POST = 210
MAY_NOT_POST = 214


def post(order: Order) -> dict[str, int]:
    """The number of the new post, or of the one that had this `guid` before."""
    world, owner, guid = order.world, _owner(order), order.values.get("guid", "")
    text, files = _content(order)
    if known := world.posted.get((owner, guid)):
        return {"post_id": known}
    number = next(world.numbers)
    if guid:
        world.posted[owner, guid] = number
    world.posts.add((owner, number))
    world.show(f"wall{owner}", {"owner_id": owner, "post_id": number}, text, files=files)
    return {"post_id": number}


def edit(order: Order) -> dict[str, int]:
    """Replace a post; attachments not given again are gone."""
    ids = _ids(order)
    text, files = _content(order)
    order.world.inbox.change(ids, text=text, html=as_html(text), files=files)
    return {"post_id": ids["post_id"]}


def delete(order: Order) -> int:
    """Empty a post."""
    ids = _ids(order)
    order.world.posts.discard((ids["owner_id"], ids["post_id"]))
    order.world.inbox.change(ids, text="", html="", files=())
    return 1


def _owner(order: Order) -> int:
    owner = int(order.values.get("owner_id", 0))
    order.refuse(f"wall{owner}")
    if owner != -order.world.group_id:
        raise Refusal(MAY_NOT_POST)
    return owner


def _ids(order: Order) -> dict[str, int]:
    ids = {"owner_id": _owner(order), "post_id": int(order.values.get("post_id", 0))}
    if (ids["owner_id"], ids["post_id"]) not in order.world.posts:
        raise Refusal(NO_SUCH_POST)
    return ids


def _content(order: Order) -> tuple[str, tuple[ShownFile, ...]]:
    text = order.values.get("message", "")
    names = order.values.get("attachments", [])
    if not text.strip() and not names:
        raise Refusal(BAD_PARAMETER, "message is empty or invalid")
    if len(text) > WALL_TEXT:
        raise Refusal(BAD_PARAMETER, "message is too long")
    if sum(name.startswith("doc") for name in names) > WALL_DOCUMENTS:
        raise Refusal(BAD_PARAMETER, "one file in a post")
    return text, order.world.attached(names)
