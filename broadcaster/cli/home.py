"""The demo's own world: nothing of it touches the school's data."""

from __future__ import annotations

import shutil

from broadcaster.config_values import ROOT

PLAYGROUND_TOKENS = {
    "TELEGRAM_TOKEN": "100200300:SANDBOX-token-of-nobody",
    "VK_TOKEN": "vk1.a.sandbox-community",
    "VK_USER_TOKEN": "vk1.a.sandbox-administrator",
}
"""What the sandbox platforms accept; no secret, it opens nothing else."""

DEMO = ROOT / "var" / "demo"


def demo_environment() -> dict[str, str]:
    """A fresh home under `var/demo`, with the embedded database and broker."""
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir(parents=True)
    return {
        "BROADCASTER_HOME": str(DEMO),
        "BROADCASTER_CONFIG": str(DEMO / "school.yaml"),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "SMTP_PASSWORD": "",
        **PLAYGROUND_TOKENS,
    }
