"""How much is measured, and until when."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Sizes and bounds of a run; times in seconds.

    `many` and `few` are deliveries by e-mail, `slow` those of slow peers, `slowest` those of the
    slowest, `far` those to a server that is far away. `least` and `rounds` bound the rounds of
    mail. `calls` is how many limited requests a suite makes of one kind, `posts` how many messages
    of Telegram a client sends unlimited. `people` and `copies` are the size of the school whose
    screens are asked for `requests` times each. Growth is measured up to `large` deliveries, or
    `largest`. Each part has a plan of its own: it was `started` then and begins no
    round that would probably end after `until`.
    """

    many: int = 10_000
    few: int = 1_000
    slow: int = 800
    slowest: int = 40
    far: int = 3_000
    least: int = 7
    rounds: int = 9
    calls: int = 60
    posts: int = 1_000
    people: int = 3_000
    copies: int = 500_000
    requests: int = 10
    large: int = 100_000
    largest: int = 1_000_000
    quick: bool = False
    ends: float = 60.0
    started: float = field(default_factory=time.monotonic)

    @property
    def until(self) -> float:
        """On the monotonic clock."""
        return self.started + self.ends


QUICK = Plan(
    many=1_000,
    few=200,
    slow=200,
    slowest=10,
    far=400,
    least=1,
    rounds=1,
    calls=40,
    posts=200,
    people=300,
    copies=20_000,
    requests=5,
    large=3_000,
    largest=5_000,
    quick=True,
)
"""A look at whether it works."""
