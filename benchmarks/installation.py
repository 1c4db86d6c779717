"""An installation of Broadcaster in a temporary home, for contenders to run in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.children import ROOT, contend

SCHOOL = """\
school: {name: Школа № 5, public_url: "https://school.example/"}
quiet_hours: {enabled: false}
channels:
"""
OFF = ("email", "site", "telegram", "vk")


@dataclass(frozen=True, slots=True)
class Installation:
    """A home with its own settings; `home` is its folder."""

    home: Path
    environment: Mapping[str, str]

    def run(self, contender: str, **options: Any) -> dict[str, Any]:
        """The figures of a contender that runs in this installation."""
        return contend(contender, self.environment, **options)

    def with_redis(self, url: str) -> Installation:
        """The same home with another broker; without an address it is the embedded one."""
        return Installation(self.home, {**self.environment, "REDIS_URL": url})


@contextmanager
def installed(
    channel: str, block: Mapping[str, str], *, database: str = ""
) -> Iterator[Installation]:
    """An installation with one channel; the home is in `var/`, on a disk that keeps its word."""
    (ROOT / "var").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="benchmark-", dir=ROOT / "var") as name:
        home = Path(name)
        lines = [f"    {key}: {value}" for key, value in {"enabled": "true", **block}.items()]
        others = [f"  {other}: {{enabled: false}}" for other in OFF if other != channel]
        (home / "school.yaml").write_text(
            SCHOOL + "\n".join([f"  {channel}:", *lines, *others]) + "\n", encoding="utf-8"
        )
        yield Installation(
            home,
            {
                "BROADCASTER_HOME": name,
                "BROADCASTER_CONFIG": str(home / "school.yaml"),
                "DATABASE_URL": database,
                "DJANGO_SETTINGS_MODULE": "broadcaster.settings",
                "REDIS_URL": "",
                "SECRET_KEY": "of a benchmark",
                "TELEGRAM_TOKEN": TELEGRAM_TOKEN,
                "VK_TOKEN": VK_TOKEN,
            },
        )


TELEGRAM_TOKEN = "100200300:of-a-benchmark"
VK_TOKEN = "vk1.a.of-a-benchmark"
