"""Chats and the messages in them, and how both look on the wire."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from broadcaster.sandbox.phone import Inbox, Shown
from broadcaster.sandbox.telegram.markup import Formatted
from broadcaster.sandbox.telegram.refusal import bad
from broadcaster.sandbox.telegram.vault import Stored

NAME = "telegram"
_FIRST_SUPERGROUP = -1_000_000_000_000


@dataclass(frozen=True, slots=True)
class Chat:
    """A place with its number; `address` is how it is first named: its number or @name."""

    number: int
    address: str

    @property
    def wire(self) -> dict[str, Any]:
        """The Bot API's Chat."""
        if self.address.startswith("@"):
            name = self.address.removeprefix("@")
            return {"id": self.number, "type": "channel", "title": name, "username": name}
        if self.number > 0:
            return {"id": self.number, "type": "private", "first_name": "Reader"}
        kind = "supergroup" if self.number < _FIRST_SUPERGROUP else "group"
        return {"id": self.number, "type": kind, "title": f"Group {self.number}"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a call wants to be shown: words, a file, buttons; album items share `album`."""

    body: Formatted
    stored: Stored | None = None
    buttons: tuple[str, ...] = ()
    markup: dict[str, Any] | None = None
    album: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message in its chat."""

    chat: Chat
    number: int
    at: datetime
    draft: Draft

    @property
    def ids(self) -> dict[str, str | int]:
        """The platform's names of it."""
        return {"chat_id": self.chat.number, "message_id": self.number}

    @property
    def shown(self) -> Shown:
        """The message as a reader sees it."""
        draft = self.draft
        return Shown(
            platform=NAME,
            address=self.chat.address,
            at=self.at,
            ids=self.ids,
            text=draft.body.text,
            html=draft.body.html,
            files=(draft.stored.file,) if draft.stored else (),
            buttons=draft.buttons,
            album=draft.album,
        )

    @property
    def wire(self) -> dict[str, Any]:
        """The Bot API's Message."""
        draft = self.draft
        message: dict[str, Any] = {
            "message_id": self.number,
            "date": int(self.at.timestamp()),
            "chat": self.chat.wire,
        }
        if draft.body.text:
            message["caption" if draft.stored else "text"] = draft.body.text
        if draft.stored:
            message |= draft.stored.wire
        if draft.album:
            message["media_group_id"] = draft.album
        if draft.markup and draft.buttons:
            message["reply_markup"] = draft.markup
        return message


@dataclass
class Chats:
    """Every chat with its messages; what is kept is shown in `inbox`."""

    inbox: Inbox
    clock: Callable[[], datetime]
    _named: dict[int, str] = field(default_factory=dict)
    _kept: dict[tuple[int, int], Kept] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def find(self, named: str) -> Chat:
        """The chat with this number or @name, which need not have been seen; raises Refusal."""
        if named.startswith("@") and len(named) > 1:
            address = named.lower()
            number = _FIRST_SUPERGROUP - 1 - zlib.crc32(address.encode())
            self._named[number] = address
            return Chat(number, address)
        try:
            number = int(named)
        except ValueError:
            number = 0
        if number == 0:
            raise bad("chat not found")
        return Chat(number, self._named.get(number, str(number)))

    def post(self, chat: Chat, draft: Draft) -> Kept:
        """Keep a new message and show it."""
        kept = Kept(chat, next(self._numbers), self.clock(), draft)
        self._kept[chat.number, kept.number] = kept
        self.inbox.add(kept.shown)
        return kept

    def get(self, chat: Chat, number: int) -> Kept | None:
        """A message, None when there is none of this number."""
        return self._kept.get((chat.number, number))

    def change(self, kept: Kept, draft: Draft) -> Kept:
        """Put other words or buttons into a message."""
        changed = replace(kept, draft=draft)
        self._kept[kept.chat.number, kept.number] = changed
        self.inbox.change(
            kept.ids, text=draft.body.text, html=draft.body.html, buttons=draft.buttons
        )
        return changed

    def drop(self, kept: Kept) -> None:
        """Recall a message."""
        del self._kept[kept.chat.number, kept.number]
        self.inbox.remove(kept.ids)
