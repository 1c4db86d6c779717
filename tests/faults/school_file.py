"""The school's file of an installation: channels pointed at the platforms, waits set short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from broadcaster.playground import COMMUNITY

LEASE = 5.0
"""Seconds, the least that the configuration takes: so long a dead worker's lane stays taken."""

SCHOOL: Mapping[str, Any] = {
    "school": {"name": "Школа № 5", "public_url": "https://school.example/"},
    "quiet_hours": {"enabled": False},
    "dispatch": {"sweep_every": 0.3, "lease": LEASE},
    "retries": {"first_wait": 0.5, "longest_wait": 2.0, "tries": 20},
    "alarms": {"mail": False},
}
"""What differs from the defaults: everything that waits by itself waits briefly."""

SLOW: Mapping[str, Sequence[str]] = {
    "email": ["60/second"],
    "telegram": ["30/second"],
    "vk": ["2/second"],
    "site": ["5/second"],
}
"""Limits with which few copies last long, for kills at random moments."""


def school(
    addresses: Mapping[str, str],
    settings: Mapping[str, Any],
    limits: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """The school's file: channels pointed at the platforms, wishes laid over."""
    host, _, port = addresses["email"].rpartition(":")
    channels: dict[str, Any] = {
        "email": {"host": host, "port": int(port), "security": "none", "timeout": 10.0},
        "telegram": {
            "base_url": addresses["telegram"],
            "timeout": 10.0,
            "data_class": "personal",
        },
        "vk": {"base_url": addresses["vk"], "group_id": COMMUNITY, "timeout": 10.0},
        "site": {},
    }
    channels["email"]["sender"] = "school@school.example"
    for name, block in channels.items():
        block["enabled"] = True
        if name in limits:
            block["limits"] = list(limits[name])
    return laid_over({**SCHOOL, "channels": channels}, settings)


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """One mapping over another, key by key at every depth."""
    result = dict(below)
    for key, value in above.items():
        deeper = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = laid_over(result[key], value) if deeper else value
    return result
