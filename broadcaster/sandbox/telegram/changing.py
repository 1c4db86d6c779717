"""The methods that edit and recall."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from broadcaster.sandbox.telegram import keyboard
from broadcaster.sandbox.telegram.call import Call
from broadcaster.sandbox.telegram.chats import Chats, Draft, Kept
from broadcaster.sandbox.telegram.refusal import bad
from broadcaster.sandbox.telegram.sending import caption_of, text_of
from broadcaster.sandbox.telegram.tables import DELETE_HOURS, MOST_DELETED

_UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


class Changing:
    """Edits and recalls of what was sent before."""

    def __init__(self, chats: Chats) -> None:
        self._chats = chats

    def text(self, call: Call) -> dict[str, Any]:
        """editMessageText: the Message; without reply_markup its buttons go."""
        body = text_of(call, too_long="MESSAGE_TOO_LONG")
        kept = self._found(call, "message to edit not found")
        if kept.draft.stored:
            raise bad("there is no text in the message to edit")
        return self._edit(call, kept, replace(kept.draft, body=body))

    def caption(self, call: Call) -> dict[str, Any]:
        """editMessageCaption: the Message; without reply_markup its buttons go."""
        body = caption_of(call.values)
        kept = self._found(call, "message to edit not found")
        if not kept.draft.stored:
            raise bad("there is no caption in the message to edit")
        return self._edit(call, kept, replace(kept.draft, body=body))

    def markup(self, call: Call) -> dict[str, Any]:
        """editMessageReplyMarkup: the Message."""
        kept = self._found(call, "message to edit not found")
        return self._edit(call, kept, kept.draft)

    def delete(self, call: Call) -> bool:
        """deleteMessage: true."""
        kept = self._found(call, "message to delete not found")
        if self._is_old(kept):
            raise bad("message can't be deleted")
        self._chats.drop(kept)
        return True

    def delete_many(self, call: Call) -> bool:
        """deleteMessages: true, also for messages that are not there."""
        numbers = call.get("message_ids")
        if not numbers:
            raise bad("message identifiers are not specified")
        if len(numbers) > MOST_DELETED:
            raise bad("too many message identifiers specified")
        chat = self._chats.find(call.address)
        for number in numbers:
            kept = self._chats.get(chat, number)
            if kept and not self._is_old(kept):
                self._chats.drop(kept)
        return True

    def _found(self, call: Call, missing: str) -> Kept:
        if not call.address or call.get("message_id") is None:
            raise bad("message identifier is not specified")
        kept = self._chats.get(self._chats.find(call.address), call.get("message_id"))
        if kept is None:
            raise bad(missing)
        return kept

    def _edit(self, call: Call, kept: Kept, draft: Draft) -> dict[str, Any]:
        markup = call.get("reply_markup")
        buttons = keyboard.labels(markup)
        draft = replace(draft, markup=markup if buttons else None, buttons=buttons)
        if draft == kept.draft:
            raise bad(_UNCHANGED)
        return self._chats.change(kept, draft).wire

    def _is_old(self, kept: Kept) -> bool:
        return self._chats.clock() - kept.at > timedelta(hours=DELETE_HOURS)
