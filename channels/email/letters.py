"""The writing desk: letters kept per content, dated, signed, one mail per envelope."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from email.utils import formatdate
from weakref import WeakKeyDictionary

from broadcaster.contract import Content, Envelope, Outcome, Reason, Rejected
from channels.email.config import EmailConfig
from channels.email.dkim import Signer
from channels.email.mime import Letter, Mail

log = logging.getLogger(__name__)


class Letters:
    """Writes mails; a letter lives as long as the content it was made of."""

    def __init__(self, config: EmailConfig) -> None:
        self._config = config
        self._signer = Signer(config) if config.dkim_key else None
        self._letters: WeakKeyDictionary[Content, Letter] = WeakKeyDictionary()
        self._making = asyncio.Lock()
        self._second, self._date = 0, b""

    async def write(
        self, envelopes: Sequence[Envelope], report: Callable[[Envelope, Outcome], None]
    ) -> list[Mail]:
        """The mails of these envelopes; what cannot be written is reported as Rejected."""
        mails = []
        for envelope in envelopes:
            try:
                letter = self._letters.get(envelope.content) or await self._make(envelope.content)
                mails.append(self._signed(letter.write(envelope, self._date_field())))
            except (OSError, KeyError, ValueError) as error:
                fault = type(error).__name__
                log.error(  # noqa: TRY400 - the traceback could quote a text
                    "email.not_written",
                    extra={"delivery": str(envelope.delivery_id), "fault": fault},
                )
                report(envelope, Rejected(Reason.CONTENT, f"the mail cannot be written: {fault}"))
        return mails

    def _signed(self, mail: Mail) -> Mail:
        if self._signer is None:
            return mail
        return replace(mail, chunks=(self._signer.sign(b"".join(mail.chunks)), *mail.chunks))

    async def _make(self, content: Content) -> Letter:
        """Build the tree in a thread: files are read and encoded there."""
        async with self._making:
            if (letter := self._letters.get(content)) is None:
                letter = await asyncio.to_thread(Letter, content, self._config)
                self._letters[content] = letter
        return letter

    def _date_field(self) -> bytes:
        now = int(time.time())
        if now != self._second:
            self._second, self._date = now, f"Date: {formatdate(now)}\r\n".encode("ascii")
        return self._date
