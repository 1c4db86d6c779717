"""Counting what leaves this process: names looked up, sockets connected, programs started.

Python tells its audit hooks (PEP 578) of each, whatever library does it. What C libraries do by
themselves it does not tell: `listening` sees who comes to an address of this machine.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

EVENTS = frozenset(
    {
        *("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"),
        *("urllib.Request", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"),
        *("ftplib.connect", "smtplib.connect", "poplib.connect", "imaplib.open", "webbrowser.open"),
    }
)

_seen: list[list[tuple[str, str]]] = []


def _note(event: str, about: tuple[Any, ...]) -> None:
    if _seen and event in EVENTS:
        for watch in _seen:
            watch.append((event, str(about[:3])))


sys.addaudithook(_note)


@contextmanager
def watched() -> Iterator[list[tuple[str, str]]]:
    """What left this process inside, in the order in which it did."""
    watch: list[tuple[str, str]] = []
    _seen.append(watch)
    try:
        yield watch
    finally:
        _seen[:] = [one for one in _seen if one is not watch]


@dataclass
class Ear:
    """Listens on one port of this machine; `urls` are many ways to write where that is."""

    port: int
    sockets: list[socket.socket] = field(repr=False)

    @property
    def urls(self) -> list[str]:
        """Addresses of the ear, and of what lies on the disk, as attackers write them."""
        hosts = (
            *("127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"),
            *("[::ffff:127.0.0.1]", "0.0.0.0", "localhost.", "127。0。0。1", "a@127.0.0.1"),
        )
        web = [f"{scheme}://{host}:{self.port}/x" for scheme in ("http", "https") for host in hosts]
        others = [
            f"{scheme}://127.0.0.1:{self.port}/x"
            for scheme in ("ftp", "gopher", "dict", "ldap", "tftp", "ws", "smb", "jar:http")
        ]
        files = ["file:///etc/passwd", f"//127.0.0.1:{self.port}/x", "\\\\127.0.0.1\\c$\\x"]
        return [*web, *others, *files]

    def calls(self) -> int:
        """How many have connected so far."""
        return sum(self._accepted(one) for one in self.sockets)

    def _accepted(self, listener: socket.socket) -> int:
        count = 0
        while True:
            try:
                listener.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1


@contextmanager
def listening() -> Iterator[Ear]:
    """An ear on 127.0.0.1 and, where there is one, on ::1."""
    with ExitStack() as stack:
        first = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = first.getsockname()[1]
        ears = [first]
        with suppress(OSError):  # a machine without IPv6
            second = socket.create_server(("::1", port), family=socket.AF_INET6)
            ears.append(stack.enter_context(second))
        for one in ears:
            one.setblocking(False)
        yield Ear(port, ears)
