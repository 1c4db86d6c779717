"""Configuration: `config/default.yaml`, the school's own file over it, secrets from the
environment.

Everything is checked at start and comes out as frozen dataclasses. A mistake raises ConfigMistake,
which names the file and the key, what was expected and the nearest valid name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from cattrs import Converter
from limits import parse

from broadcaster.contract import DataClass, Secret
from broadcaster.domain.policy import QuietHours
from broadcaster.domain.verdict import RetryPolicy

ROOT = Path(__file__).resolve().parent.parent
DEFAULTS = ROOT / "config" / "default.yaml"


class ConfigMistake(Exception):
    """The configuration cannot be used; the message says where, what and how to mend it."""

    def __init__(self, file: Path, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")
        self.file = file
        self.key = key


@dataclass(frozen=True, slots=True)
class School:
    """Who speaks: shown in every message."""

    name: str
    time_zone: ZoneInfo
    signature: str
    public_url: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """When nobody is disturbed, in the school's local time."""

    enabled: bool
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Dispatch:
    """How the dispatcher works; times in seconds."""

    sweep_every: float
    lease: float


@dataclass(frozen=True, slots=True)
class Files:
    """What may be attached; sizes in bytes."""

    largest: int
    most: int


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What the core must know of every channel; the rest of its block belongs to the adapter."""

    name: str
    adapter: str
    enabled: bool
    data_class: DataClass | None
    limits: tuple[str, ...]
    place_limits: tuple[str, ...]
    lanes: int
    own: Mapping[str, Any] = field(repr=False)
    file: Path = field(repr=False)


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration, checked."""

    home: Path
    file: Path
    school: School
    quiet_hours: Quiet
    retries: RetryPolicy
    dispatch: Dispatch
    files: Files
    templates: Path | None
    channels: Mapping[str, ChannelSettings]

    @property
    def quiet(self) -> QuietHours | None:
        """The quiet hours as the policy wants them; None when they are switched off."""
        if not self.quiet_hours.enabled:
            return None
        return QuietHours(self.quiet_hours.start, self.quiet_hours.end, self.school.time_zone)


def home() -> Path:
    """Where everything that changes is kept: `BROADCASTER_HOME`, else `var/` in the source tree."""
    return Path(os.environ.get("BROADCASTER_HOME") or ROOT / "var").resolve()


def own_file() -> Path:
    """The school's own file: `BROADCASTER_CONFIG`, else `config/school.yaml`; it need not exist."""
    return Path(os.environ.get("BROADCASTER_CONFIG") or ROOT / "config" / "school.yaml").resolve()


def load(file: Path | None = None) -> Config:
    """Read and check the configuration; raises ConfigMistake."""
    file = file or own_file()
    defaults = _read(DEFAULTS)
    chosen = _read(file) if file.exists() else {}
    _refuse_unknown(file, chosen, defaults)
    merged = _over(defaults, chosen)
    blocks = {
        name: _channel(name, block, file=file) for name, block in merged.pop("channels").items()
    }
    known = {f.name: f.type for f in fields(Config)}
    del known["home"], known["file"], known["channels"]
    hints = get_type_hints(Config)
    parts = {name: build(hints[name], merged.get(name), file=file, key=name) for name in known}
    return Config(home=home(), file=file, channels=blocks, **parts)


def build(kind: Any, value: Any, *, file: Path, key: str) -> Any:
    """Turn YAML into `kind`, a frozen dataclass or a field's type; raises ConfigMistake."""
    if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__"):
        return _build_dataclass(kind, value, file=file, key=key)
    try:
        return _convert(kind, value)
    except Exception as error:
        raise ConfigMistake(file, key, f"{error}") from error


def _build_dataclass(kind: type, value: Any, *, file: Path, key: str) -> Any:
    if not isinstance(value, dict):
        raise ConfigMistake(file, key, f"expected a block of keys, got {value!r}")
    hints = get_type_hints(kind)
    known = {f.name: f for f in fields(kind)}
    for name in value:
        if name not in known:
            raise ConfigMistake(file, f"{key}.{name}", unknown(str(name), known))
    for name, wanted in known.items():
        if name not in value and wanted.default is wanted.default_factory is MISSING:
            raise ConfigMistake(file, f"{key}.{name}", "is missing")
    given = {
        name: build(hints[name], value[name], file=file, key=f"{key}.{name}") for name in value
    }
    try:
        return kind(**given)
    except ValueError as error:
        raise ConfigMistake(file, key, str(error)) from error


def unknown(name: str, known: Mapping[str, Any]) -> str:
    """Say that `name` is not known and which name was probably meant."""
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
    return f"unknown name; {hint}"


def _read(file: Path) -> dict[str, Any]:
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigMistake(file, "", str(error)) from error
    if read is None:
        return {}
    if not isinstance(read, dict):
        raise ConfigMistake(file, "", "expected keys and values at the top")
    return read


def _refuse_unknown(file: Path, chosen: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for name in chosen:
        if name not in known:
            raise ConfigMistake(file, str(name), unknown(str(name), known))


def _over(below: Any, above: Any) -> Any:
    """Mappings are laid over each other key by key; anything else above replaces what is below."""
    if isinstance(below, dict) and isinstance(above, dict):
        return {
            name: _over(below.get(name), above[name]) if name in above else below[name]
            for name in {**below, **above}
        }
    return above


def _channel(name: str, block: Any, *, file: Path) -> ChannelSettings:
    key = f"channels.{name}"
    if not isinstance(block, dict):
        raise ConfigMistake(file, key, f"expected a block of keys, got {block!r}")
    common = {f.name for f in fields(ChannelSettings)} - {"name", "own", "file"}
    defaults = {
        "adapter": name,
        "enabled": False,
        "data_class": None,
        "limits": [],
        "place_limits": [],
        "lanes": 1,
    }
    given = defaults | {k: v for k, v in block.items() if k in common}
    hints = get_type_hints(ChannelSettings)
    settings = ChannelSettings(
        name=name,
        own={k: v for k, v in block.items() if k not in common},
        file=file,
        **{k: build(hints[k], v, file=file, key=f"{key}.{k}") for k, v in given.items()},
    )
    for limit in (*settings.limits, *settings.place_limits):
        try:
            parse(limit)
        except ValueError as error:
            raise ConfigMistake(
                file, f"{key}.limits", f"{limit!r} is no limit; try '30/second'"
            ) from error
    return settings


def adapter_config(settings: ChannelSettings, kind: type, **fallback: Any) -> Any:
    """The adapter's own frozen configuration; `fallback` fills what the school left empty."""
    own = dict(settings.own)
    known = {f.name for f in fields(kind)}
    for name, value in fallback.items():
        if name in known and not own.get(name):
            own[name] = value
    return build(kind, own, file=settings.file, key=f"channels.{settings.name}")


def _convert(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        if value is None and NoneType in get_args(kind):
            return None
        (kind,) = (arg for arg in get_args(kind) if arg is not NoneType)
    return converter.structure(value, kind)


def _strict(kind: type, *also: type) -> Any:
    def check(value: Any, _: Any) -> Any:
        if isinstance(value, bool) and kind is not bool:
            raise TypeError(f"expected {kind.__name__}, got {value!r}")
        if not isinstance(value, (kind, *also)):
            raise TypeError(f"expected {kind.__name__}, got {value!r}")
        return kind(value)

    return check


def _zone(value: Any, _: Any) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError) as error:
        raise ValueError(f"{value!r} is no time zone; try 'Europe/Moscow'") from error


def _time(value: Any, _: Any) -> time:
    try:
        return time.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise ValueError(f'expected a time such as "21:00", in quotes, got {value!r}') from error


def _secret(value: Any, _: Any) -> Secret:
    """Secrets are named, never written down: `env:NAME` or `file:PATH`."""
    if isinstance(value, Secret):
        return value
    if not value:
        return Secret("")
    where, _, name = str(value).partition(":")
    if where == "env":
        return Secret(os.environ.get(name, "").strip())
    if where == "file":
        return Secret(Path(name).read_text(encoding="utf-8").strip())
    raise ValueError("expected env:NAME or file:PATH; a secret is not written into this file")


def _data_class(value: Any, _: Any) -> DataClass:
    names = {member.name.lower(): member for member in DataClass}
    if value not in names:
        raise ValueError(f"expected one of {', '.join(names)}, got {value!r}")
    return names[value]


def _path(value: Any, _: Any) -> Path:
    if isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value:
        raise ValueError(f"expected a path, got {value!r}")
    return ROOT / value


converter = Converter(forbid_extra_keys=True, detailed_validation=False)
converter.register_structure_hook(bool, _strict(bool))
converter.register_structure_hook(int, _strict(int))
converter.register_structure_hook(float, _strict(float, int))
converter.register_structure_hook(str, _strict(str))
converter.register_structure_hook(ZoneInfo, _zone)
converter.register_structure_hook(time, _time)
converter.register_structure_hook(Secret, _secret)
converter.register_structure_hook(DataClass, _data_class)
converter.register_structure_hook(Path, _path)
