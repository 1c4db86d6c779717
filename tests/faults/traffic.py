"""Copies that are always on their way, on every channel, while something is broken."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from tests.faults.flight import flying
from tests.faults.installation import Installation
from tests.faults.parts import until
from tests.faults.talk import Refused

FAMILIES: Mapping[str, int] = {"email": 400, "telegram": 200, "vk": 300, "site": 12}
"""How many copies of each release go by each channel: some ten seconds of each with SLOW limits."""
LOW_WATER = 250
"""With fewer copies waiting, another announcement is let go."""

Hurt = Callable[[Installation, "Traffic"], None]


class Traffic:
    """Broadcasts of an installation, one after the other, over the channels that are asked for.

    `clicks` are the seconds that each release took for whoever clicked, `flown` are the copies
    that were seen with platforms at a hurt: they alone may stay unconfirmed.
    """

    def __init__(self, school: Installation, families: Mapping[str, int] = FAMILIES) -> None:
        self._school = school
        self._people = [school.enrol(name, many) for name, many in families.items()]
        self._sections = [name for name in self._people if name == "site"]
        self._people = [name for name in self._people if name != "site"]
        self.clicks: list[float] = []
        self.flown: set[int] = set()

    def more(self) -> None:
        """Let go to everybody: people are called by name, the site is not."""
        for groups in filter(None, (self._people, self._sections)):
            began = time.monotonic()
            self._school.release(*groups)
            self.clicks.append(time.monotonic() - began)

    def keep(self) -> None:
        """Let go again when little is left."""
        if self._school.waiting() < LOW_WATER:
            self.more()

    def flows(self, *, patience: float = 60.0, copies: int = 1) -> None:
        """Return when so many more copies have arrived; raises Impatient."""
        before = self._school.arrivals()
        until(
            lambda: self._school.arrivals() >= before + copies,
            "copies arrive",
            patience=patience,
            meanwhile=self._school.tend,
        )

    def start(self) -> None:
        """Let go and return when copies flow."""
        self.more()
        self.flows(copies=20)

    def look(self) -> None:
        """Remember which copies are with platforms now; a database that is away tells nothing."""
        with suppress(Refused):
            self.flown |= flying(self._school)

    def suffer(self, times: int, hurt: Hurt) -> None:
        """Let go, and hurt the installation so often in the middle; return when copies flow again.

        `hurt` is given the installation and this traffic.
        """
        self.start()
        for _ in range(times):
            self.look()
            hurt(self._school, self)
            self.look()
            self.keep()
            self.flows(patience=120.0)

    def go_on(self, seconds: float) -> None:
        """Keep copies on their way for a while; a database that is away is not asked again."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                self.keep()
            except Refused:
                time.sleep(max(0.0, deadline - time.monotonic()))
                return
            self._school.tend()
            time.sleep(min(0.3, max(0.0, deadline - time.monotonic())))
