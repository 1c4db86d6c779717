"""What the tests of the configuration hand each other: a channel of their own and its mistakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from broadcaster.config import Config, ConfigMistake
from broadcaster.contract import Secret

Configured = Callable[[str], Config]
Mistaken = Callable[[str], ConfigMistake]


@dataclass(frozen=True, slots=True)
class Own:
    """The block of a channel that exists in this test alone."""

    token: Secret
    address: str = "here"
    title: str = ""
    sizes: tuple[int, ...] = ()
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.address == "nowhere":
            raise ValueError("address: expected somewhere")


Block = Callable[..., Own]


def refusal(block: Block, text: str, **fallback: Any) -> ConfigMistake:
    """The mistake in a channel's own block."""
    with pytest.raises(ConfigMistake) as mistake:
        block(text, **fallback)
    return mistake.value
