"""Messages with files: the calls of the Bot API that carry them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

import telegram
from telegram import InputMediaDocument, InputMediaPhoto, InputMediaVideo
from telegram.constants import ParseMode

from channels.telegram.plan import Item, Kind, Message

InputMedia = InputMediaDocument | InputMediaPhoto | InputMediaVideo


async def album(
    bot: telegram.Bot,
    address: str,
    message: Message,
    media: Sequence[str | bytes],
    *,
    paid: bool | None,
) -> tuple[telegram.Message, ...]:
    """Send two to ten files together; the caption stands under the first."""
    items = [_input(item, one) for item, one in zip(message.items, media, strict=True)]
    caption = message.text or None
    return await bot.send_media_group(
        address, items, caption=caption, parse_mode=ParseMode.HTML, allow_paid_broadcast=paid
    )


async def single(
    bot: telegram.Bot,
    address: str,
    message: Message,
    media: str | bytes,
    how: Mapping[str, Any],
) -> telegram.Message:
    """Send one file with its caption; `how` is what any message has: buttons, who pays."""
    [item] = message.items
    common: dict[str, Any] = {
        "caption": message.text or None,
        "parse_mode": ParseMode.HTML,
        "filename": item.attachment.name,
        **how,
    }
    match item.kind:
        case Kind.PHOTO:
            return await bot.send_photo(address, media, **common)
        case Kind.VIDEO:
            return await bot.send_video(address, media, supports_streaming=True, **common)
        case Kind.DOCUMENT:
            # Left to itself the server makes stickers of WebP and changes the handle's kind.
            common["disable_content_type_detection"] = True
            return await bot.send_document(address, media, **common)
        case _:
            assert_never(item.kind)


def _input(item: Item, media: str | bytes) -> InputMedia:
    name = item.attachment.name
    match item.kind:
        case Kind.PHOTO:
            return InputMediaPhoto(media, filename=name)
        case Kind.VIDEO:
            return InputMediaVideo(media, filename=name, supports_streaming=True)
        case Kind.DOCUMENT:
            return InputMediaDocument(media, filename=name)
        case _:
            assert_never(item.kind)
