"""The files under deploy/ as tests read them."""

from __future__ import annotations

import shlex
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/broadcaster*"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
COMPOSE: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


class Unit(ConfigParser):
    """A unit's file; keys keep their letters, and a line may be continued."""

    def __init__(self, file: Path) -> None:
        super().__init__(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
        self.read_string(file.read_text("utf-8").replace("\\\n", " "))

    def optionxform(self, optionstr: str) -> str:
        return optionstr

    @property
    def line(self) -> list[str]:
        """What the service starts."""
        return shlex.split(self["Service"]["ExecStart"])
