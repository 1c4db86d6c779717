"""The methods that send."""

from __future__ import annotations

from itertools import count
from typing import Any

from broadcaster.sandbox.telegram import keyboard
from broadcaster.sandbox.telegram.call import Call, typed
from broadcaster.sandbox.telegram.chats import Chats, Draft
from broadcaster.sandbox.telegram.markup import Formatted, formatted
from broadcaster.sandbox.telegram.refusal import bad
from broadcaster.sandbox.telegram.tables import (
    ALBUM_ITEMS,
    ALBUM_SIZES,
    CAPTION_UNITS,
    TEXT_UNITS,
)
from broadcaster.sandbox.telegram.vault import Vault


class Sending:
    """Texts, single files and albums."""

    def __init__(self, chats: Chats, vault: Vault) -> None:
        self._chats = chats
        self._vault = vault
        self._albums = count(1)

    def message(self, call: Call) -> dict[str, Any]:
        """sendMessage: the Message."""
        chat = self._chats.find(call.address)
        body = text_of(call, too_long="message is too long")
        markup = call.get("reply_markup")
        draft = Draft(body, buttons=keyboard.labels(markup), markup=markup)
        return self._chats.post(chat, draft).wire

    def file(self, call: Call) -> dict[str, Any]:
        """sendPhoto, sendDocument and sendVideo: the Message."""
        kind = call.method.removeprefix("send").lower()
        chat = self._chats.find(call.address)
        markup = call.get("reply_markup")
        draft = Draft(
            caption_of(call.values),
            self._vault.take(kind, call.get(kind), call.files),
            keyboard.labels(markup),
            markup,
        )
        return self._chats.post(chat, draft).wire

    def album(self, call: Call) -> list[dict[str, Any]]:
        """sendMediaGroup: the Messages in order."""
        chat = self._chats.find(call.address)
        media = [_item(one) for one in call.get("media")]
        _check_album([one["type"] for one in media])
        name = f"album-{next(self._albums)}"
        drafts = [
            Draft(
                caption_of(one),
                self._vault.take(one["type"], one["media"], call.files),
                album=name,
            )
            for one in media
        ]
        return [self._chats.post(chat, draft).wire for draft in drafts]


def text_of(call: Call, *, too_long: str) -> Formatted:
    """The text of a message; raises Refusal when there is none or too much of it."""
    body = formatted(call.get("text", ""), call.get("parse_mode", ""))
    if not body.text:
        raise bad("message text is empty")
    if body.units > TEXT_UNITS:
        raise bad(too_long)
    return body


def caption_of(values: Any) -> Formatted:
    """The caption under a file, which may be missing; raises Refusal when it is too long."""
    body = formatted(values.get("caption", ""), values.get("parse_mode", ""))
    if body.units > CAPTION_UNITS:
        raise bad("message caption is too long")
    return body


def _item(raw: dict[str, Any]) -> dict[str, Any]:
    fields = ALBUM_ITEMS.get(raw.get("type", ""))
    if fields is None:
        raise bad("can't parse InputMedia: type must be one of photo, document, video")
    if unknown := raw.keys() - fields.keys():
        raise bad(f'can\'t parse InputMedia: unknown field "{min(unknown)}"')
    if "media" not in raw:
        raise bad("can't parse InputMedia: media not found")
    return {name: typed(name, value, fields[name].type) for name, value in raw.items()}


def _check_album(kinds: list[str]) -> None:
    if len(kinds) > max(ALBUM_SIZES):
        raise bad("too many messages to send as an album")
    if len(kinds) < min(ALBUM_SIZES):
        raise bad("too few messages to send as an album")
    if "document" in kinds and len(set(kinds)) > 1:
        raise bad("document can't be mixed with other media types")
