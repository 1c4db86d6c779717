"""What the contract itself raises.

ContractError
├── InvalidAddress     what `normalise` was given is no address of this channel
└── Held               no request may leave now
"""

from __future__ import annotations


class ContractError(Exception):
    """Anything a channel or the core raises about the contract itself."""


class InvalidAddress(ContractError):
    """The text is no address of this channel; the message says what was expected."""


class Held(ContractError):
    """No request may leave now; `retry_after` is in seconds, None when only a person can reopen the
    channel. `place` says that one place must wait and the others need not.
    """

    def __init__(self, retry_after: float | None, *, place: bool = False) -> None:
        super().__init__("the place is held back" if place else "the channel is held back")
        self.retry_after = retry_after
        self.place = place
