"""The platform's files: uploaded once, sent again by their file_id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from broadcaster.sandbox.phone import ShownFile
from broadcaster.sandbox.telegram import pictures
from broadcaster.sandbox.telegram.refusal import bad
from broadcaster.sandbox.telegram.tables import (
    PHOTO_BYTES,
    PHOTO_RATIO,
    PHOTO_SIDES,
    UPLOAD_BYTES,
)

_ATTACHED = "attach://"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file with its kind (`photo`, `document`, `video`) and, of a photo, its size in pixels."""

    file_id: str
    kind: str
    file: ShownFile
    width: int = 0
    height: int = 0

    @property
    def wire(self) -> dict[str, Any]:
        """The field of a Message that describes the file."""
        about = {
            "file_id": self.file_id,
            "file_unique_id": self.file_id[-12:],
            "file_size": len(self.file.content),
        }
        if self.kind == "photo":
            return {"photo": [{**about, "width": self.width, "height": self.height}]}
        about |= {"file_name": self.file.name, "mime_type": self.file.media_type}
        if self.kind == "video":
            about |= {"width": 0, "height": 0, "duration": 0}
        return {self.kind: about}


class Vault:
    """Every file this bot has sent, by file_id."""

    def __init__(self) -> None:
        self._stored: dict[str, Stored] = {}

    def take(self, kind: str, named: str | None, files: Mapping[str, ShownFile]) -> Stored:
        """The file a call means by a name: uploaded now, attached to the call, or known already.

        Raises Refusal when there is none, or when it is not fit for its kind.
        """
        if named is None:
            return self._keep(kind, files[kind])
        if named.startswith(_ATTACHED):
            name = named.removeprefix(_ATTACHED)
            if name not in files:
                raise bad("can't parse InputMedia: media not found")
            return self._keep(kind, files[name])
        if named.startswith(("http://", "https://")):
            # The sandbox does not leave this machine.
            raise bad("failed to get HTTP URL content")
        return self._known(kind, named)

    def _known(self, kind: str, file_id: str) -> Stored:
        stored = self._stored.get(file_id)
        if stored is None:
            raise bad("wrong remote file identifier specified: can't unserialize it")
        if (stored.kind == "photo") != (kind == "photo"):
            raise bad(f"can't use file of type {stored.kind.title()} as {kind.title()}")
        return stored

    def _keep(self, kind: str, file: ShownFile) -> Stored:
        if not file.content:
            raise bad("file must be non-empty")
        if len(file.content) > UPLOAD_BYTES:
            raise bad("file is too big")
        width, height = _photo_size(file.content) if kind == "photo" else (0, 0)
        stored = Stored(f"{kind}-{token_urlsafe(24)}", kind, file, width, height)
        self._stored[stored.file_id] = stored
        return stored


def _photo_size(content: bytes) -> tuple[int, int]:
    if len(content) > PHOTO_BYTES:
        told = f"file of size {len(content)} bytes is too big for a photo"
        raise bad(f"{told}; the maximum size is {PHOTO_BYTES} bytes")
    sides = pictures.size(content)
    if sides is None:
        raise bad("IMAGE_PROCESS_FAILED")
    if sum(sides) > PHOTO_SIDES or max(sides) > PHOTO_RATIO * min(sides):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return sides
