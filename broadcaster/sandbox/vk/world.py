"""What the community has sent, posted and uploaded."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from broadcaster.sandbox.phone import Inbox, Shown, ShownFile
from broadcaster.sandbox.vk.refusals import Refusal
from broadcaster.sandbox.vk.tables import ATTACHMENTS

BAD_PARAMETER = 100
ATTACHMENT = re.compile(r"(photo|doc)(-?[0-9]+)_([0-9]+)(?:_([0-9a-zA-Z]+))?")
NO_SUCH = {"photo": 129, "doc": 1150}
NOT_YOURS = {"photo": 129, "doc": 1153}


@dataclass(frozen=True, slots=True)
class Saved:
    """A photo or document ready to be attached."""

    sort: str
    owner_id: int
    number: int
    access_key: str
    file: ShownFile


@dataclass(slots=True)
class World:
    """One community's part of VK."""

    group_id: int
    inbox: Inbox
    numbers: count[int] = field(default_factory=lambda: count(1))
    in_conversation: defaultdict[int, count[int]] = field(
        default_factory=lambda: defaultdict(lambda: count(1))
    )
    sent: dict[tuple[int, int], dict[str, int]] = field(default_factory=dict)
    """Ids of messages by peer and `random_id`: the second such message is not stored."""
    posted: dict[tuple[int, str], int] = field(default_factory=dict)
    """Numbers of posts by owner and `guid`."""
    posts: set[tuple[int, int]] = field(default_factory=set)
    uploaded: dict[str, ShownFile] = field(default_factory=dict)
    saved: dict[tuple[str, int, int], Saved] = field(default_factory=dict)

    def attached(self, names: Sequence[str]) -> tuple[ShownFile, ...]:
        """The files behind `photo-1_2_key` and the like; raises Refusal for what is not there."""
        if len(names) > ATTACHMENTS:
            raise Refusal(BAD_PARAMETER, "too many attachments")
        return tuple(self._file(name) for name in names)

    def show(
        self,
        address: str,
        ids: dict[str, int],
        text: str,
        *,
        files: tuple[ShownFile, ...] = (),
        buttons: tuple[str, ...] = (),
    ) -> None:
        """Let a message or post arrive."""
        self.inbox.add(
            Shown(
                platform="vk",
                address=address,
                at=datetime.now(UTC),
                ids=ids,
                text=text,
                html=as_html(text),
                files=files,
                buttons=buttons,
            )
        )

    def _file(self, name: str) -> ShownFile:
        found = ATTACHMENT.fullmatch(name)
        if not found:
            raise Refusal(BAD_PARAMETER, "attachment is invalid")
        sort, owner, number, key = found.groups()
        saved = self.saved.get((sort, int(owner), int(number)))
        if saved is None:
            raise Refusal(NO_SUCH[sort])
        if key not in {None, saved.access_key}:
            raise Refusal(NOT_YOURS[sort])
        return saved.file


@dataclass(frozen=True, slots=True)
class Order:
    """One permitted call with checked parameters.

    `refused` holds, by address, the recipients whom a fault keeps from us; `rights` are those of
    the community's token.
    """

    world: World
    values: Mapping[str, Any]
    refused: Mapping[str, Refusal]
    rights: frozenset[str]
    base_url: str

    def refuse(self, address: object) -> None:
        """Raise the refusal that awaits this recipient, if any."""
        if refusal := self.refused.get(str(address)):
            raise refusal


def as_html(text: str) -> str:
    """Plain text as VK shows it: no markup, lines kept."""
    return html.escape(text).replace("\n", "<br>")
