"""A school's own file, read as it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadcaster.config import Config, ConfigMistake, adapter_config, load
from tests.config.stage import Block, Configured, Mistaken, Own


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The school's own file; it need not be there."""
    return tmp_path / "school.yaml"


@pytest.fixture
def configured(file: Path) -> Configured:
    """The configuration of a school whose own file says this."""

    def reading(text: str) -> Config:
        file.write_text(text, "utf-8")
        return load(file)

    return reading


@pytest.fixture
def mistaken(configured: Configured, file: Path) -> Mistaken:
    """The mistake in a school's own file, which names the file."""

    def reading(text: str) -> ConfigMistake:
        with pytest.raises(ConfigMistake) as mistake:
            configured(text)
        assert str(mistake.value).startswith(f"{file}: ")
        assert mistake.value.file == file
        return mistake.value

    return reading


@pytest.fixture
def block(configured: Configured) -> Block:
    """The channel's own configuration out of its block of YAML."""

    def reading(text: str, **fallback: Any) -> Own:
        whole = f"channels: {{own: {{adapter: own, {text}}}}}"
        return adapter_config(configured(whole).channels["own"], Own, **fallback)  # type: ignore[no-any-return]

    return reading
