"""One plain letter to the school's own people; it is no copy and needs no receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, localtime, make_msgid

import aiosmtplib

from broadcaster.contract import InvalidAddress
from channels.email.address import normalise
from channels.email.config import EmailConfig
from channels.email.connection import Account, NotOpened, close_session
from channels.email.dkim import Signer
from channels.email.headers import field, one_line


async def send_plain(
    config: EmailConfig, recipients: Sequence[str], subject: str, text: str
) -> None:
    """Send one letter to all of them through the account; raises OSError when nobody can get it.

    An address that is none, or that the server does not want, does not keep the others from
    getting it. Raises ValueError when the letter cannot be signed.
    """
    addresses = list(_usable(recipients))
    if not addresses:
        raise OSError("none of the addresses can be written to")
    written = field("Subject", one_line(subject)) + _letter(config, addresses, text).as_bytes()
    letter = Signer(config).sign(written) + written if config.dkim_key else written
    try:
        client = await Account(config).open()
    except NotOpened as failure:
        raise OSError(failure.outcome.detail) from failure
    try:
        await client.sendmail(config.return_path, addresses, letter)
    except aiosmtplib.SMTPException as error:
        raise OSError(one_line(str(error))) from error
    finally:
        await close_session(client)


def _usable(recipients: Sequence[str]) -> Iterator[str]:
    for address in recipients:
        with suppress(InvalidAddress):
            yield normalise(address)


def _letter(config: EmailConfig, addresses: Sequence[str], text: str) -> EmailMessage:
    """Marked as written by a machine (RFC 3834), so that no holiday answers it.

    Without its subject: folding a long one, the standard library loses spaces.
    """
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(one_line(config.sender_name), addr_spec=config.sender)
    letter["To"] = ", ".join(addresses)
    letter["Date"] = format_datetime(localtime())
    letter["Message-ID"] = make_msgid(domain=config.domain)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(text)
    return letter
