"""Inline keyboards: checked as the platform does, and reduced to the labels a reader sees."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from broadcaster.sandbox.telegram.refusal import bad
from broadcaster.sandbox.telegram.tables import (
    BUTTON_ACTIONS,
    BUTTON_LOOKS,
    CALLBACK_BYTES,
    MOST_BUTTONS,
)

_OTHER_KEYBOARDS = frozenset({"keyboard", "remove_keyboard", "force_reply"})


def labels(markup: dict[str, Any] | None) -> tuple[str, ...]:
    """The buttons' labels, row after row; raises Refusal when the platform would refuse them.

    Keyboards other than inline ones are let through unseen.
    """
    if markup is None or _OTHER_KEYBOARDS & markup.keys():
        return ()
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    return tuple(_label(button) for button in buttons)


def _label(button: Any) -> str:
    if not isinstance(button, dict):
        raise _wrong("InlineKeyboardButton must be an Object")
    if unknown := button.keys() - BUTTON_ACTIONS - BUTTON_LOOKS:
        raise _wrong(f'unknown field "{min(unknown)}"')
    label = button.get("text")
    if not isinstance(label, str) or not label:
        raise _wrong('can\'t find field "text"')
    if not BUTTON_ACTIONS & {name for name, value in button.items() if value != ""}:
        raise _wrong("text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not _is_data(button["callback_data"]):
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not _is_url(button["url"]):
        raise bad("BUTTON_URL_INVALID")
    return label


def _is_data(data: Any) -> bool:
    return isinstance(data, str) and len(data.encode()) in CALLBACK_BYTES


def _is_url(url: Any) -> bool:
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme in {"http", "https", "tg"} and bool(parts.netloc)


def _wrong(words: str) -> Exception:
    return bad(f"can't parse inline keyboard button: {words}")
