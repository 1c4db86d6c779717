"""messages.send, edit, delete and isMessagesFromGroupAllowed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from broadcaster.sandbox.phone import ShownFile
from broadcaster.sandbox.vk.refusals import Refusal
from broadcaster.sandbox.vk.tables import (
    BELOW_BUTTONS,
    BELOW_ROWS,
    BUTTON_PAYLOAD,
    INLINE_BUTTONS,
    INLINE_ROWS,
    KEYBOARD_ROW,
    LABEL,
)
from broadcaster.sandbox.vk.world import Order, as_html

BAD_PARAMETER = 100
BAD_USER = 113
BAD_KEYBOARD = 911
NOT_WITH_PEER = 932
CHATS = 2_000_000_000
INT32 = 2**31

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "text": ("label",),
    "callback": ("label",),
    "open_link": ("label", "link"),
    "open_app": ("label", "app_id"),
    "location": (),
    "vkpay": ("hash",),
}
"""Kinds of buttons and what each must say."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, before it has a recipient."""

    text: str
    files: tuple[ShownFile, ...]
    buttons: tuple[str, ...]


def send(order: Order) -> Any:
    """One id for one recipient; a list with an answer for each when there are `peer_ids`."""
    random_id = order.values["random_id"]
    if not -INT32 <= random_id < INT32:
        raise Refusal(BAD_PARAMETER, "random_id is invalid")
    message = _message(order)
    if "peer_ids" in order.values:
        return [_item(order, peer, random_id, message) for peer in order.values["peer_ids"]]
    return _deliver(order, _recipient(order.values), random_id, message)["message_id"]


def edit(order: Order) -> int:
    """Replace a message; what of attachments and buttons is not given again is gone."""
    order.refuse(order.values["peer_id"])
    message = _message(order)
    changed = order.world.inbox.change(
        _ids_of(order, order.values),
        text=message.text,
        html=as_html(message.text),
        files=message.files,
        buttons=message.buttons,
    )
    return int(changed is not None)


def delete(order: Order) -> list[dict[str, Any]]:
    """Empty messages for everybody; an answer for each number."""
    values = order.values
    name, single = ("cmids", "cmid") if "cmids" in values else ("message_ids", "message_id")
    answers = []
    for number in values.get(name, ()):
        order.refuse(values.get("peer_id"))
        ids = _ids_of(order, {"peer_id": values.get("peer_id"), single: number})
        order.world.inbox.change(ids, text="", html="", files=(), buttons=())
        answers.append({**ids, "response": 1})
    return answers


def is_allowed(order: Order) -> dict[str, int]:
    """Whether this person lets the community write."""
    if order.values["group_id"] != order.world.group_id:
        raise Refusal(BAD_PARAMETER, "group_id is invalid")
    return {"is_allowed": int(str(order.values["user_id"]) not in order.refused)}


def _message(order: Order) -> Message:
    names = [name for name in order.values.get("attachment", "").split(",") if name]
    text = order.values.get("message", "")
    if not text.strip() and not names:
        raise Refusal(BAD_PARAMETER, "message is empty or invalid")
    labels = _labels(order.values.get("keyboard", ""))
    return Message(text, order.world.attached(names), labels)


def _recipient(values: Mapping[str, Any]) -> int:
    if "peer_id" in values:
        return int(values["peer_id"])
    if "user_id" in values:
        return int(values["user_id"])
    if "chat_id" in values:
        return CHATS + int(values["chat_id"])
    raise Refusal(BAD_USER if "domain" in values else BAD_PARAMETER, "peer_id is undefined")


def _item(order: Order, peer: int, random_id: int, message: Message) -> dict[str, Any]:
    try:
        return dict(_deliver(order, peer, random_id, message))
    except Refusal as refusal:
        nothing = {"message_id": 0, "conversation_message_id": 0}
        return {"peer_id": peer, **nothing, "error": refusal.of_peer()}


def _deliver(order: Order, peer: int, random_id: int, message: Message) -> dict[str, int]:
    order.refuse(peer)
    if peer <= 0:
        raise Refusal(NOT_WITH_PEER)
    world = order.world
    if known := world.sent.get((peer, random_id)):
        return known
    ids = {
        "peer_id": peer,
        "message_id": next(world.numbers),
        "conversation_message_id": next(world.in_conversation[peer]),
    }
    if random_id:
        world.sent[peer, random_id] = ids
    world.show(str(peer), ids, message.text, files=message.files, buttons=message.buttons)
    return ids


def _ids_of(order: Order, values: Mapping[str, Any]) -> dict[str, int]:
    """The whole ids of the message named by a part of them; raises Refusal when there is none."""
    named = {"message_id": "message_id", "cmid": "conversation_message_id"}
    wanted = {ours: values[name] for name, ours in named.items() if name in values}
    if values.get("peer_id") is not None:
        wanted["peer_id"] = values["peer_id"]
    for shown in order.world.inbox.all():
        if wanted.items() <= shown.ids.items():
            return {name: int(value) for name, value in shown.ids.items()}
    raise Refusal(BAD_PARAMETER, "message not found")


def _labels(keyboard: str) -> tuple[str, ...]:
    """The labels of a keyboard's buttons; raises Refusal when VK would not take it."""
    if not keyboard:
        return ()
    try:
        told = json.loads(keyboard)
        rows = told["buttons"]
        inline = bool(told.get("inline"))
        labels = tuple(_label(button["action"]) for row in rows for button in row)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refusal(BAD_KEYBOARD) from None
    _refuse_size(rows, inline=inline)
    return labels


def _refuse_size(rows: list[list[Any]], *, inline: bool) -> None:
    most_rows = INLINE_ROWS if inline else BELOW_ROWS
    most = INLINE_BUTTONS if inline else BELOW_BUTTONS
    widest = max(map(len, rows), default=0)
    if len(rows) > most_rows or widest > KEYBOARD_ROW or sum(map(len, rows)) > most:
        raise Refusal(BAD_KEYBOARD, "too many buttons")


def _label(action: Mapping[str, Any]) -> str:
    for name in ACTIONS[action["type"]]:
        if not action[name]:
            raise Refusal(BAD_KEYBOARD, f"{name} is empty")
    payload = action.get("payload", "{}")
    json.loads(payload)
    label = str(action.get("label", ""))
    if len(label) > LABEL or len(payload) > BUTTON_PAYLOAD:
        raise Refusal(BAD_KEYBOARD, "label or payload is too long")
    return label
