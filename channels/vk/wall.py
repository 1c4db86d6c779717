"""Posts on a community's wall.

VK lets only an administrator's own token upload photos for a wall. Texts and documents go with the
community's token as well, where it has the right `wall`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broadcaster.contract import (
    Accepted,
    Attachment,
    Button,
    Content,
    Envelope,
    Held,
    Outcome,
    Part,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    held,
)
from channels.vk.addresses import wall_of
from channels.vk.api import Account
from channels.vk.drafts import ALBUM
from channels.vk.errors import (
    STALE_FILES,
    Broken,
    Refused,
    VkError,
    before_sending,
    outcome_of,
)
from channels.vk.files import Files, is_photo

NO_PHOTOS = "photos on a wall need an administrator's user token, which is not configured"
NO_BUTTONS = "a wall has no buttons that tell us of a press"


@dataclass(frozen=True, slots=True)
class Post:
    """One post of an announcement; `number` is its place."""

    number: int
    text: str
    files: tuple[Attachment, ...]


class Wall:
    """Posts with one account: the administrator's where we have it, else the community's."""

    def __init__(self, account: Account, files: Files, *, administrator: bool) -> None:
        self._account = account
        self._files = files
        self._administrator = administrator

    async def deliver(self, envelope: Envelope) -> Outcome:
        """Post what is still to be posted of one envelope."""
        content = envelope.content
        if any(not button.url for button in content.buttons):
            return Rejected(Reason.POLICY, NO_BUTTONS, envelope.parts_done)
        if not self._administrator and any(map(is_photo, content.attachments)):
            return Rejected(Reason.POLICY, NO_PHOTOS, envelope.parts_done)
        done = list(envelope.parts_done)
        sent = {part.number for part in done}
        for post in posts_of(content, envelope.texts):
            if post.number not in sent:
                part = await self._post(envelope, post, tuple(done))
                if not isinstance(part, Part):
                    return part
                done.append(part)
        return Accepted(tuple(sorted(done, key=lambda part: part.number)))

    async def _post(self, envelope: Envelope, post: Post, done: tuple[Part, ...]) -> Part | Outcome:
        group = wall_of(envelope.address) or 0
        try:
            handles = await self._files.handles(post.files, {"group_id": group})
        except (Held, VkError) as error:
            return before_sending(self._outcome(error, done))
        values = _values(envelope.content.guid, group, post, handles)
        try:
            answer = await self._account.call("wall.post", values, [envelope])
        except (Held, VkError) as error:
            if handles and isinstance(error, Refused) and error.code in STALE_FILES:
                await self._files.forget(post.files)
                error = Broken(error.detail)  # nothing was posted; the next attempt uploads again
            return self._outcome(error, done)
        number = _number_of(answer["response"])
        if number is None:
            return Unconfirmed("an answer that names no post", done)
        return Part(post.number, {"owner_id": -group, "post_id": number})

    def _outcome(self, error: Held | VkError, done: tuple[Part, ...]) -> Outcome:
        """A wall we may not write on says nothing of the private messages: the copy alone waits."""
        if isinstance(error, Held):
            return held(error, done)
        return outcome_of(error, done, reach=Scope.COPY)


def _number_of(response: object) -> int | None:
    number = response.get("post_id") if isinstance(response, dict) else None
    return number if isinstance(number, int) else None


def posts_of(content: Content, texts: Sequence[str]) -> tuple[Post, ...]:
    """The posts in order: texts, links in place of buttons under the last, files from the first on.

    VK takes ten files in a post, of which one may be a document.
    """
    albums = _albums(content.attachments)
    written = [*texts[:-1], _with_links(texts[-1] if texts else "", content.buttons)]
    count = max(len(written), 1) + max(len(albums) - 1, 0)
    first, *more = albums or [()]
    files = (first, *(() for _ in written[1:]), *more)
    return tuple(
        Post(number, written[number] if number < len(written) else "", files[number])
        for number in range(count)
    )


def _albums(attachments: Sequence[Attachment]) -> list[tuple[Attachment, ...]]:
    photos = [attachment for attachment in attachments if is_photo(attachment)]
    documents = [attachment for attachment in attachments if not is_photo(attachment)]
    albums = []
    while photos or documents:
        room = ALBUM - len(documents[:1])
        albums.append((*photos[:room], *documents[:1]))
        photos, documents = photos[room:], documents[1:]
    return albums


def _with_links(text: str, buttons: Sequence[Button]) -> str:
    links = [f"{button.label}: {button.url}" for button in buttons]
    return "\n\n".join(filter(None, (text, "\n".join(links))))


def _values(guid: str, group: int, post: Post, handles: Sequence[str]) -> dict[str, str | int]:
    """The parameters of `wall.post`; VK drops a second post with the same `guid`."""
    values: dict[str, str | int] = {
        "owner_id": -group,
        "from_group": 1,
        "guid": f"{guid}-{post.number}" if post.number else guid,
    }
    given = {"message": post.text, "attachments": ",".join(handles)}
    return values | {name: value for name, value in given.items() if value}
