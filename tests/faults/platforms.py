"""The sandbox platforms as a child that counts what arrived: `python -m tests.faults.platforms`."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Coroutine, Mapping
from typing import Any, cast

from broadcaster.playground import COMMUNITY, TOKENS
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.mail import MailSandbox
from broadcaster.sandbox.phone import Platform, Shown
from broadcaster.sandbox.telegram import TelegramSandbox
from broadcaster.sandbox.vk import VkSandbox
from tests.faults.talk import answer

MARK = re.compile(r"метка-([0-9a-z]+)")
"""The word in every text that says which announcement it is."""
RATES: Mapping[str, int] = {"telegram": 30, "vk": 20}
"""Requests a second that the real platforms let through."""


def made() -> dict[str, Platform]:
    """The platforms, not yet listening, with the limits of the real ones."""
    telegram = TelegramSandbox(TOKENS["TELEGRAM_TOKEN"], rate=RATES["telegram"])
    vk = VkSandbox(
        token=TOKENS["VK_TOKEN"],
        user_token=TOKENS["VK_USER_TOKEN"],
        group_id=COMMUNITY,
        rate=RATES["vk"],
    )
    return {"telegram": telegram, "vk": vk, "email": cast("Platform", MailSandbox())}


class Stand:
    """Platforms in a loop of their own; each may be closed and opened again at its address."""

    def __init__(self) -> None:
        self._platforms = made()
        self._tallies = {name: Tally() for name in self._platforms}
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        for name in self._platforms:
            self.open(name)

    def addresses(self) -> dict[str, str]:
        """Where each platform listens."""
        return {name: each.base_url for name, each in self._platforms.items()}

    def open(self, platform: str) -> None:
        """Listen, at the same address as before."""
        self._run(self._platforms[platform].__aenter__())
        self._settle_down(platform)

    def close(self, platform: str) -> None:
        """Do not listen any more; connections are cut."""
        self._run(self._platforms[platform].__aexit__())

    def fault(self, platform: str, kind: str, **about: Any) -> None:
        """Add a line to a platform's script; `about` is what Fault takes, `times` None is ever."""
        self._platforms[platform].faults.add(Fault(FaultKind(kind), **about))

    def behave(self, platform: str = "") -> None:
        """Clear the script of one platform, or of all."""
        for name, each in self._platforms.items():
            if platform in {"", name}:
                each.faults.clear()

    def ask_for_login(self, username: str, password: str) -> None:
        """Let the mail server take nothing without this login from now on; empty: ask for none."""
        mail = cast("MailSandbox", self._platforms["email"])
        mail.username, mail.password = username, password

    def arrived(self) -> dict[str, list[tuple[str, str, int]]]:
        """By channel, how often each copy came: its address, its announcement's mark, the count."""
        return {name: self._tally(name).copies() for name in self._platforms}

    def count(self) -> dict[str, int]:
        """How many messages came by each channel."""
        return {name: self._tally(name).total for name in self._platforms}

    def times(self, mark: str) -> dict[str, list[float]]:
        """When copies of an announcement came, by channel, as seconds since the epoch."""
        return {name: self._tally(name).times.get(mark, []) for name in self._platforms}

    def calls(self) -> dict[str, dict[str, int]]:
        """How many requests of each method came."""
        return {name: dict(each.calls) for name, each in self._platforms.items()}

    def _tally(self, name: str) -> Tally:
        tally = self._tallies[name]
        tally.read(self._platforms[name].inbox.all())
        return tally

    def _settle_down(self, name: str) -> None:
        """Keep the port for the next time."""
        port = int(self._platforms[name].base_url.rpartition(":")[2])
        self._platforms[name]._port = port  # type: ignore[attr-defined]

    def _run(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


class Tally:
    """What came to one platform, read once each."""

    def __init__(self) -> None:
        self.total = 0
        self.times: dict[str, list[float]] = {}
        self._copies: Counter[tuple[str, str]] = Counter()

    def read(self, shown: tuple[Shown, ...]) -> None:
        """Count what is new."""
        for one in shown[self.total :]:
            found = MARK.search(one.text)
            mark = found[1] if found else ""
            self._copies[one.address.lower(), mark] += 1
            self.times.setdefault(mark, []).append(one.at.timestamp())
        self.total = len(shown)

    def copies(self) -> list[tuple[str, str, int]]:
        """Each copy with how often it came."""
        return [(address, mark, count) for (address, mark), count in self._copies.items()]


def main() -> None:
    """Run until nobody asks any more."""
    stand = Stand()
    names = "addresses open close fault behave ask_for_login arrived count times calls"
    answer({name: getattr(stand, name) for name in names.split()})


if __name__ == "__main__":
    main()
