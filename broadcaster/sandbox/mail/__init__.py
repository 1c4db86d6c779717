"""A local mail server for every mailbox there is: SMTP on 127.0.0.1, on aiosmtpd.

server    the socket, encryption, connections
clerk     login and the commands of a transaction
troubles  the script of faults in the replies of real servers
reading   a message as its reader would see it
"""

from __future__ import annotations

from broadcaster.sandbox.mail.server import MailSandbox

__all__ = ["MailSandbox"]
