"""An SMTP server that takes every message, counts it and forgets it: `python -m benchmarks.sink`.

It speaks PIPELINING, as Postfix and Exim do unless told otherwise. Its report says how many
messages came since the last one, how many different Message-IDs they had, how many samples of them
the standard library finds faulty, one sample, and the processor time it has used. A number of
milliseconds as an argument is how long every answer takes to leave, as from a server far away.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
import sys
import time
from typing import Any, cast

import uvloop

from benchmarks.serve import answer

MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
EHLO = b"250-sink\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250 8BITMIME\r\n"
EVERY = 500
"""One message in so many is kept for a closer look."""


class Tally:
    """What has arrived since the last report."""

    def __init__(self) -> None:
        self._count = 0
        self._ids: set[bytes] = set()
        self._samples: list[bytes] = []
        self._used = time.process_time()

    def take(self, message: bytes) -> int:
        """Count a message; returns its number."""
        if self._count % EVERY == 0:
            self._samples.append(message)
        self._count += 1
        if found := MESSAGE_ID.search(message):
            self._ids.add(found[1])
        return self._count

    def report(self) -> dict[str, Any]:
        """What has arrived, and begin anew."""
        told = {
            "count": self._count,
            "ids": len(self._ids),
            "faulty": sum(map(_faulty, self._samples)),
            "sample": self._samples[-1].decode("latin-1") if self._samples else "",
            "cpu": time.process_time() - self._used,
        }
        self.__init__()  # type: ignore[misc]
        return told


def _faulty(message: bytes) -> bool:
    """Whether the standard library finds a defect in a message or no plain text in it."""
    read = email.message_from_bytes(message, policy=email.policy.SMTP)
    body = read.get_body(("plain",))
    return body is None or not body.get_content().strip() or any(p.defects for p in read.walk())


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, tally: Tally, delay: float) -> None:
        self._tally = tally
        self._delay = delay
        self._rest = b""
        self._in_message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast("asyncio.Transport", transport)
        self._say(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every whole command and message in one write."""
        self._rest += data
        replies = []
        while reply := self._message() if self._in_message else self._command():
            replies.append(reply)
        if replies:
            self._say(b"".join(replies))

    def _say(self, replies: bytes) -> None:
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, replies)
        else:
            self._transport.write(replies)

    def _message(self) -> bytes:
        end = self._rest.find(b"\r\n.\r\n")
        if end < 0:
            return b""
        number = self._tally.take(self._rest[: end + 2])
        self._rest = self._rest[end + 5 :]
        self._in_message = False
        return b"250 2.0.0 Ok: queued as %08X\r\n" % number

    def _command(self) -> bytes:
        line, found, rest = self._rest.partition(b"\r\n")
        if not found:
            return b""
        self._rest = rest
        match line[:4].upper():
            case b"DATA":
                self._in_message = True
                return b"354 End data with <CR><LF>.<CR><LF>\r\n"
            case b"EHLO":
                return EHLO
            case b"QUIT":
                return b"221 2.0.0 Bye\r\n"
            case _:
                return b"250 2.1.0 Ok\r\n"


async def main(tally: Tally) -> None:
    """Listen until nobody asks for reports."""
    delay = float(sys.argv[1]) / 1000 if len(sys.argv) > 1 else 0.0
    server = await asyncio.get_running_loop().create_server(
        lambda: Session(tally, delay), "127.0.0.1", 0, backlog=100
    )
    port = server.sockets[0].getsockname()[1]
    await answer(f"127.0.0.1:{port}", tally.report)


if __name__ == "__main__":
    uvloop.run(main(Tally()))
