"""One copy's way to its reader, from its plan to the outcome."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, TelegramError

from broadcaster.contract import (
    Accepted,
    Button,
    Deferred,
    Envelope,
    Held,
    Outcome,
    Part,
    Proof,
    Reason,
    Rejected,
    Turnstile,
    Unconfirmed,
    held,
)
from channels.telegram.address import is_shared
from channels.telegram.bot import Bot, understood
from channels.telegram.errors import (
    PHOTO_REFUSED,
    AnswerLost,
    NotSent,
    RateLimited,
    ServerFailed,
    outcome_of,
    says,
)
from channels.telegram.files import Files
from channels.telegram.media import album, single
from channels.telegram.plan import Message, plan

log = logging.getLogger(__name__)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
"""Telegram opens links to preview them, and a person's own link would be spent by that."""


class Copy:
    """An envelope on its way: where it goes now, and the parts the platform has taken."""

    def __init__(self, envelope: Envelope) -> None:
        self.envelope = envelope
        self.address = envelope.address
        self.parts = envelope.parts_done

    @property
    def place(self) -> str:
        """The place whose own limit counts; none for a person's chat."""
        return self.address if is_shared(self.address) else ""

    @property
    def done(self) -> frozenset[int]:
        """The numbers of the parts that need not be sent."""
        return frozenset(part.number for part in self.parts)

    @property
    def accepted(self) -> Accepted:
        """The outcome once everything is sent."""
        moved = self.address != self.envelope.address
        return Accepted(self.parts, moved_to=self.address if moved else "")


class Sender:
    """Sends copies through one bot; `paid` ones may cost Stars."""

    def __init__(self, bot: Bot, turnstile: Turnstile, files: Files, *, paid: bool = False) -> None:
        self._bot = bot
        self._paid = paid or None
        self._turnstile = turnstile
        self._proof = Proof(turnstile.hold, lost=AnswerLost, failed=ServerFailed, unsent=NotSent)
        self._files = files
        self._no_photos: set[tuple[str, ...]] = set()

    async def deliver(self, envelope: Envelope) -> Outcome:
        """Send what is not done yet, part by part, and say what became of it."""
        messages = plan(envelope)
        if not messages:
            return Rejected(Reason.CONTENT, "message text is empty", envelope.parts_done)
        copy = Copy(envelope)
        try:
            for message in messages:
                if message.number not in copy.done:
                    copy.parts += (await self._follow(copy, message),)
        except Held as pause:
            return held(pause, copy.parts)
        except TelegramError as error:
            return self._stopped(copy, error)
        return copy.accepted

    def _stopped(self, copy: Copy, error: TelegramError) -> Outcome:
        outcome = outcome_of(error, copy.parts)
        told = {"delivery": str(copy.envelope.delivery_id), "parts": len(copy.parts)}
        if isinstance(error, RateLimited):
            self._turnstile.hold(error.seconds)
            log.warning("telegram.rate_limited", extra={**told, "retry_after": error.seconds})
        elif isinstance(outcome, Unconfirmed):
            log.warning("telegram.unconfirmed", extra={**told, "detail": outcome.detail})
        elif isinstance(outcome, Deferred):
            log.warning("telegram.deferred", extra={**told, "reason": outcome.reason})
        return outcome

    async def _follow(self, copy: Copy, message: Message) -> Part:
        """Send a message, to the supergroup if the group has become one meanwhile."""
        try:
            return _part(message, await self._post(copy, message))
        except ChatMigrated as moved:
            copy.address = str(moved.new_chat_id)
        log.info("telegram.moved", extra={"delivery": str(copy.envelope.delivery_id)})
        return _part(message, await self._post(copy, message))

    async def _post(self, copy: Copy, message: Message) -> tuple[telegram.Message, ...]:
        if not message.items:
            return (await self._text(copy, message),)
        digests = tuple(item.attachment.digest for item in message.items)
        if digests in self._no_photos:
            message = message.as_documents()
        try:
            return await self._files.send(message.items, partial(self._media, copy, message))
        except BadRequest as error:
            if not message.has_photo or not says(error, PHOTO_REFUSED):
                raise
        log.info("telegram.photo_refused", extra={"files": len(digests)})
        self._no_photos.add(digests)
        plain = message.as_documents()
        return await self._files.send(plain.items, partial(self._media, copy, plain))

    async def _text(self, copy: Copy, message: Message) -> telegram.Message:
        async with self._trying(copy):
            return await self._bot.send_message(
                copy.address,
                message.text,
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=_keyboard(message.buttons),
                allow_paid_broadcast=self._paid,
            )

    async def _ask(self) -> None:
        """Return when the platform is at work; raises NotSent, RateLimited or Held otherwise.

        Any other refusal is left to be met by the message: that the platform works it proves too.
        """
        await self._turnstile([])
        try:
            await self._bot.who()
        except (AnswerLost, ServerFailed) as failure:
            raise NotSent(failure.message) from None
        except TelegramError as refusal:
            if isinstance(refusal, (NotSent, RateLimited)):
                raise

    @asynccontextmanager
    async def _trying(self, copy: Copy) -> AsyncIterator[None]:
        passing = self._turnstile.passing([copy.envelope], place=copy.place)
        async with self._proof.trying(self._ask), passing:
            with understood():
                yield

    async def _media(
        self, copy: Copy, message: Message, media: Sequence[str | bytes]
    ) -> tuple[telegram.Message, ...]:
        async with self._trying(copy):
            if len(media) > 1:
                return await album(self._bot, copy.address, message, media, paid=self._paid)
            how: dict[str, Any] = {
                "reply_markup": _keyboard(message.buttons),
                "allow_paid_broadcast": self._paid,
            }
            return (await single(self._bot, copy.address, message, media[0], how),)


def _keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """One button a row: a phone shows long labels whole."""
    if not buttons:
        return None
    return InlineKeyboardMarkup.from_column([_button(button) for button in buttons])


def _button(button: Button) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(button.label, url=button.url)
    return InlineKeyboardButton(button.label, callback_data=button.payload)


def _part(message: Message, sent: Sequence[telegram.Message]) -> Part:
    """The platform's names of what was sent; every item of an album has its own number."""
    ids: dict[str, str | int] = {"chat_id": sent[0].chat_id, "message_id": sent[0].message_id}
    if len(sent) > 1:
        ids["message_ids"] = ",".join(str(one.message_id) for one in sent)
    return Part(message.number, ids)
