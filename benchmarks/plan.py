"""How much is measured, and until when."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Sizes and bounds of a run; times in seconds since its start.

    `many` and `few` are deliveries by e-mail, `apprise` those of Apprise. `least` and `rounds`
    bound the rounds of mail. `mail_ends` and `ends` are when no further round of mail, of
    anything, is begun. `calls` is how many limited requests a suite makes of one kind, `posts`
    how many messages of Telegram a client sends unlimited. `people` and `copies` are the size of
    the school whose screens are asked for `requests` times each.
    """

    many: int = 10_000
    few: int = 1_000
    apprise: int = 1_000
    least: int = 3
    rounds: int = 5
    calls: int = 80
    posts: int = 1_000
    people: int = 3_000
    copies: int = 500_000
    requests: int = 15
    mail_ends: float = 90.0
    ends: float = 130.0
    started: float = field(default_factory=time.monotonic)

    @property
    def mail_until(self) -> float:
        """On the monotonic clock."""
        return self.started + self.mail_ends

    @property
    def until(self) -> float:
        """On the monotonic clock."""
        return self.started + self.ends


QUICK = Plan(
    many=1_000,
    few=200,
    apprise=200,
    least=1,
    rounds=1,
    calls=40,
    posts=200,
    people=300,
    copies=20_000,
    requests=5,
)
"""A look at whether it works."""
