"""The sandbox that stands in for the platforms: where it listens, and channels pointed at it.

While the school's file says `sandbox: true`, nothing reaches a real platform, whatever else the
file says: a sandbox that does not answer is a platform that does not answer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from broadcaster.config import ChannelSettings, Config
from broadcaster.contract import Secret

TOKENS = {
    "TELEGRAM_TOKEN": "100200300:SANDBOX-token-of-nobody",
    "VK_TOKEN": "vk1.a.sandbox-community",
    "VK_USER_TOKEN": "vk1.a.sandbox-administrator",
}
"""What the sandbox platforms accept; no secret, it opens nothing else."""

COMMUNITY = 1900000101
"""The VK community of the sample school."""

NOBODY = "http://127.0.0.1:9"
"""Where nothing listens."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where each platform and the page of phones listen."""

    telegram: str = NOBODY
    vk: str = NOBODY
    email: str = NOBODY
    phones: str = ""


def address_file(home: Path) -> Path:
    """The file in which a sandbox of `serve` says where it listens."""
    return home / "sandbox.json"


def tell_addresses(home: Path, addresses: Mapping[str, str]) -> None:
    """Write down where the sandbox listens, whole or not at all."""
    file = address_file(home)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(asdict(Addresses(**addresses))), encoding="utf-8")
    draft.replace(file)


def forget_addresses(home: Path) -> None:
    """Say that the sandbox does not listen any more."""
    address_file(home).unlink(missing_ok=True)


def addresses_of(home: Path) -> Addresses:
    """Where the sandbox listens; nobody's addresses when it does not run."""
    try:
        return Addresses(**json.loads(address_file(home).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return Addresses()


def pointed(config: Config, addresses: Addresses) -> Config:
    """The configuration with its channels pointed at the sandbox.

    A channel that the sandbox cannot play is switched off; the site stays as it is, on this
    machine.
    """
    every = {
        name: _pointed(channel, addresses) if channel.adapter != "site" else channel
        for name, channel in config.channels.items()
    }
    return replace(config, channels=every)


def _pointed(channel: ChannelSettings, addresses: Addresses) -> ChannelSettings:
    own = _own(channel.adapter, addresses)
    if channel.name != channel.adapter or not own:
        return replace(channel, enabled=False)
    return replace(channel, enabled=True, own={**channel.own, **own})


def _own(adapter: str, addresses: Addresses) -> dict[str, Any]:
    match adapter:
        case "telegram":
            token = Secret(TOKENS["TELEGRAM_TOKEN"])
            return {"base_url": addresses.telegram, "token": token, "proxy": ""}
        case "vk":
            return {
                "base_url": addresses.vk,
                "group_id": COMMUNITY,
                "token": Secret(TOKENS["VK_TOKEN"]),
                "user_token": Secret(TOKENS["VK_USER_TOKEN"]),
            }
        case "email":
            return {
                "host": "127.0.0.1",
                "port": int(addresses.email.rpartition(":")[2]),
                "security": "none",
                "username": "",
                "password": Secret(""),
            }
    return {}
