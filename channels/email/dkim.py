"""Our own signature (RFC 6376), for servers that do not sign for us."""

from __future__ import annotations

import dkim

from channels.email.config import EmailConfig

SIGNED = (
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"mime-version",
    b"content-type", b"list-id", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
"""RFC 8058 wants both fields of one-click unsubscription to be covered."""


class Signer:
    """Signs mails with the school's key; raises ValueError when the key cannot be read.

    dkimpy signs in pure Python, some milliseconds a mail: a relay that signs is much faster.
    """

    def __init__(self, config: EmailConfig) -> None:
        self._selector = config.dkim_selector.encode("ascii")
        self._domain = (config.dkim_domain or config.domain).encode("ascii")
        self._key = config.dkim_key.reveal().encode("ascii")
        self.sign(b"From: <test@example.com>\r\n\r\n")

    def sign(self, message: bytes) -> bytes:
        """The DKIM-Signature field for this message, CRLF included; raises ValueError."""
        try:
            field: bytes = dkim.sign(
                message,
                self._selector,
                self._domain,
                self._key,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=list(SIGNED),
            )
        except (dkim.DKIMException, dkim.crypto.UnparsableKeyError) as error:
            raise ValueError("email: the DKIM key cannot be used") from error
        return field
