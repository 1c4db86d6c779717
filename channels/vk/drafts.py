"""An announcement's messages on VK before they have a recipient."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from broadcaster.contract import Button, Content, Envelope, Wording

ALBUM = 10
"""VK takes at most so many attachments in one message."""

INLINE_ROWS = 6
"""VK shows at most so many rows of buttons under a message."""

EMPTY = Wording.plain("")


@dataclass(frozen=True, slots=True)
class Draft:
    """One message of an announcement; `number` is its place, the last two are as VK takes them."""

    number: int
    wording: Wording
    attachment: str = ""
    keyboard: str = ""

    def values(self, envelopes: Sequence[Envelope], text: str) -> dict[str, str | int]:
        """The parameters of `messages.send` to these recipients."""
        values: dict[str, str | int] = {
            "peer_ids": ",".join(envelope.address for envelope in envelopes),
            "random_id": random_id((e.delivery_id for e in envelopes), self.number),
        }
        given = {"message": text, "attachment": self.attachment, "keyboard": self.keyboard}
        return values | {name: value for name, value in given.items() if value}


def drafts_of(content: Content, handles: Sequence[str]) -> tuple[Draft, ...]:
    """The messages in order: texts, the first with ten files, then what files are left over.

    The buttons are under the last text.
    """
    albums = [",".join(handles[at : at + ALBUM]) for at in range(0, len(handles), ALBUM)]
    texts = content.texts or (EMPTY,)
    first, *more = albums or [""]
    wordings = (*texts, *(EMPTY for _ in more))
    attached = (first, *("" for _ in texts[1:]), *more)
    made = [
        Draft(number, *pair) for number, pair in enumerate(zip(wordings, attached, strict=True))
    ]
    last = len(texts) - 1
    made[last] = replace(made[last], keyboard=keyboard(content.buttons))
    return tuple(made)


def keyboard(buttons: Sequence[Button]) -> str:
    """VK's keyboard under the message, empty when there are no buttons.

    One button a row, two when there are more of them than rows. What the button tells us comes back
    as `{"payload": …}`: VK's payload is JSON.
    """
    if not buttons:
        return ""
    width = -(-len(buttons) // INLINE_ROWS)
    made = [_button(button) for button in buttons]
    rows = [made[at : at + width] for at in range(0, len(made), width)]
    return json.dumps({"inline": True, "one_time": False, "buttons": rows}, ensure_ascii=False)


def _button(button: Button) -> dict[str, object]:
    if button.url:
        return {"action": {"type": "open_link", "label": button.label, "link": button.url}}
    payload = json.dumps({"payload": button.payload}, ensure_ascii=False)
    action = {"type": "callback", "label": button.label, "payload": payload}
    return {"action": action, "color": "primary"}


def random_id(deliveries: Iterable[UUID], number: int) -> int:
    """One signed 32-bit number, never 0, for the same copies and message, another for others."""
    digest = sha256(b"".join(sorted(delivery.bytes for delivery in deliveries)))
    digest.update(number.to_bytes(4, "big"))
    return int.from_bytes(digest.digest()[:4], "big", signed=True) or 1
