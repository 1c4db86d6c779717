"""Private messages and group chats: many copies in one request, an outcome for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from broadcaster.contract import Content, Envelope, Held, Outcome, Part, Scope, held
from channels.vk.api import Account
from channels.vk.bundles import Bundle, Copy
from channels.vk.drafts import Draft, drafts_of
from channels.vk.errors import (
    RUNTIME_ERROR,
    STALE_FILES,
    Broken,
    Lost,
    Refused,
    VkError,
    before_sending,
    outcome_of,
)
from channels.vk.files import Files
from channels.vk.scripts import METHOD, answers_of, call_of, packs, refusal, script_of

IDS = ("peer_id", "message_id", "conversation_message_id")


class Messages:
    """Sends bundles with the community's token."""

    def __init__(self, account: Account, files: Files) -> None:
        self._account = account
        self._files = files

    async def deliver(self, bundle: Bundle) -> list[tuple[Envelope, Outcome]]:
        """Send what is still to be sent of a bundle; every envelope once, with its outcome."""
        for draft in await self._drafts(bundle):
            copies = bundle.waiting
            if copies and bundle.content.personal:
                await self._send_personal(draft, copies)
            elif copies:
                await self._send_shared(draft, copies)
        return [copy.result for copy in bundle.copies]

    async def _drafts(self, bundle: Bundle) -> list[Draft]:
        """What is still to be sent; files are uploaded only when some of it carries them."""
        digests = [attachment.digest for attachment in bundle.content.attachments]
        drafts = _unsent(bundle, digests)
        if not any(draft.attachment for draft in drafts):
            return drafts
        return _unsent(bundle, await self._upload(bundle))

    async def _upload(self, bundle: Bundle) -> tuple[str, ...]:
        """The files' handles; whoever does not let us upload for him has his outcome then."""
        for copy in bundle.copies:
            place = {"peer_id": copy.envelope.address}
            try:
                return await self._files.handles(bundle.content.attachments, place)
            except Refused as refused:
                _end_before([copy] if refused.about_place else bundle.waiting, refused)
            except (Held, VkError) as error:
                _end_before(bundle.waiting, error)
            if not bundle.waiting:
                break
        return ()

    async def _send_shared(self, draft: Draft, copies: Sequence[Copy]) -> None:
        envelopes = [copy.envelope for copy in copies]
        values = draft.values(envelopes, draft.wording.fill({}))
        try:
            answer = await self._account.call(METHOD, values, envelopes)
        except (Held, VkError) as error:
            await self._end(copies, error, draft, Scope.CHANNEL)
            return
        items = _by_peer(answer["response"])
        for copy in copies:
            await self._read(copy, draft, items)

    async def _send_personal(self, draft: Draft, copies: Sequence[Copy]) -> None:
        calls = [call_of(_personal(draft, copy.envelope)) for copy in copies]
        for pack in packs(calls):
            await self._run(calls[pack], draft, copies[pack])

    async def _run(self, calls: Sequence[str], draft: Draft, copies: Sequence[Copy]) -> None:
        values = {"code": script_of(calls)}
        try:
            answer = await self._account.call("execute", values, [c.envelope for c in copies])
        except (Held, VkError) as error:
            await self._end(copies, _of_script(error), draft, Scope.CHANNEL)
            return
        for copy, told in zip(copies, answers_of(answer, len(copies)), strict=True):
            if isinstance(told, VkError):
                await self._end([copy], told, draft, Scope.COPY)
            else:
                await self._read(copy, draft, _by_peer(told))

    async def _read(self, copy: Copy, draft: Draft, items: Mapping[str, Any]) -> None:
        """Success of the request says nothing of one recipient: each has an answer of his own."""
        item = items.get(copy.envelope.address)
        if item is None:
            await self._end([copy], Lost("no answer for this peer"), draft, Scope.COPY)
        elif error := item.get("error"):
            await self._end([copy], refusal(error, "code", "description"), draft, Scope.COPY)
        elif not any(item.get(name) for name in IDS[1:]):
            await self._end([copy], Lost("an answer that names no message"), draft, Scope.COPY)
        else:
            ids = {name: item[name] for name in IDS if name in item}
            copy.parts.append(Part(draft.number, ids))

    async def _end(
        self, copies: Sequence[Copy], error: Held | VkError, draft: Draft, reach: Scope
    ) -> None:
        if draft.attachment and isinstance(error, Refused) and error.code in STALE_FILES:
            await self._files.forget(copies[0].envelope.content.attachments)
            error = Broken(error.detail)  # nothing was sent; the next attempt uploads again
        for copy in copies:
            copy.outcome = _outcome(copy, error, reach)


def _unsent(bundle: Bundle, handles: Sequence[str]) -> list[Draft]:
    content: Content = bundle.content
    return [draft for draft in drafts_of(content, handles) if draft.number not in bundle.sent]


def _end_before(copies: Sequence[Copy], error: Held | VkError) -> None:
    """End copies of which no request has told VK yet."""
    for copy in copies:
        copy.outcome = before_sending(_outcome(copy, error, Scope.CHANNEL))


def _outcome(copy: Copy, error: Held | VkError, reach: Scope) -> Outcome:
    if isinstance(error, Held):
        return held(error, copy.done)
    return outcome_of(error, copy.done, reach=reach)


def _personal(draft: Draft, envelope: Envelope) -> dict[str, str | int]:
    return draft.values([envelope], draft.wording.fill(envelope.segments))


def _of_script(error: Held | VkError) -> Held | VkError:
    """A script that stopped half-way may have sent some of its messages."""
    if isinstance(error, Refused) and error.code == RUNTIME_ERROR:
        return Lost(error.detail)
    return error


def _by_peer(items: object) -> dict[str, Any]:
    if not isinstance(items, list):
        return {}
    return {str(item.get("peer_id")): item for item in items if isinstance(item, dict)}
