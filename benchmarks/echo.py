"""A Bot API that says yes to everything, as fast as it can: `python -m benchmarks.echo`."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, cast

import uvloop

from benchmarks.serve import answer

LENGTH = re.compile(rb"^content-length:\s*(\d+)", re.IGNORECASE | re.MULTILINE)
CHAT = {"id": 1, "type": "private", "first_name": "Parent"}
BODY = json.dumps(
    {"ok": True, "result": {"message_id": 7, "date": 1795000000, "chat": CHAT, "text": "…"}}
).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)


class Connection(asyncio.Protocol):
    """Counts the requests of one connection and answers each alike."""

    def __init__(self, count: list[int]) -> None:
        self._count = count
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self._rest, 0, end + 2)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._rest) < whole:
                return
            self._rest = self._rest[whole:]
            self._count[0] += 1
            self._transport.write(ANSWER)


async def main() -> None:
    """Listen until nobody asks for reports."""
    count = [0]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(count), "127.0.0.1", 0)

    def report() -> dict[str, Any]:
        told, count[0] = count[0], 0
        return {"count": told}

    await answer(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", report)


if __name__ == "__main__":
    uvloop.run(main())
