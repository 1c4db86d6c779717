"""Configuration: `config/default.yaml`, the school's own file over it, secrets from the
environment.

Everything is checked at start and comes out as frozen dataclasses. A mistake raises ConfigMistake,
which names the file and the key, what was expected and the nearest valid name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import MISSING, dataclass, field, fields
from datetime import time
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from zoneinfo import ZoneInfo

import yaml

from broadcaster.config_values import ROOT, Colour, Limit, WebAddress, read_value, unknown
from broadcaster.contract import Between, DataClass, Secret, discreet
from broadcaster.contract.secrets import STARS
from broadcaster.domain.alarms import AlarmPolicy
from broadcaster.domain.policy import QuietHours
from broadcaster.domain.verdict import RetryPolicy
from broadcaster.foreign_words import file_words
from broadcaster.i18n import _
from broadcaster.yaml_reading import read_safely, words_of

DEFAULTS = ROOT / "config" / "default.yaml"

QUOTED = re.compile(
    r"""(?P<sign>'(?:<[a-z ]+>|\\?.)')|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""", re.DOTALL
)
"""What PyYAML quotes: a sign of its own, such as '<block end>' or ':', or a piece of the file."""


class ConfigMistake(Exception):
    """The configuration cannot be used; the message says where, what and how to mend it.

    A secret that has been written in a wrong place is not repeated.
    """

    def __init__(self, file: Path, key: str, problem: str) -> None:
        key, problem = discreet(key), discreet(problem)
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")
        self.file = file
        self.key = key
        self.problem = problem


@dataclass(frozen=True, slots=True)
class School:
    """Who speaks: shown in every message."""

    name: str
    time_zone: ZoneInfo
    signature: str
    public_url: WebAddress
    colour: Colour


@dataclass(frozen=True, slots=True)
class Quiet:
    """When nobody is disturbed, in the school's local time."""

    enabled: bool
    start: time
    end: time

    def __post_init__(self) -> None:
        """Refuse a silence of a whole day: ValueError."""
        if self.enabled and self.start == self.end:
            raise ValueError(_("Начало и конец совпадают: тишина длилась бы сутки."))


@dataclass(frozen=True, slots=True)
class Dispatch:
    """How the dispatcher works; times in seconds."""

    sweep_every: Annotated[float, Between(0.1, 60)]
    lease: Annotated[float, Between(5, 3600)]


@dataclass(frozen=True, slots=True)
class Files:
    """What may be attached; sizes in bytes."""

    largest: Annotated[int, Between(1, 2_000_000_000)]
    most: Annotated[int, Between(0, 1000)]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What goes out by itself; `week` is how many days of a week the school works, from Monday."""

    enabled: bool = False
    week: Annotated[int, Between(5, 7)] = 5


@dataclass(frozen=True, slots=True)
class Api:
    """What the school's other programs may do: requests of one token."""

    limit: Limit


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Calls to the school's other programs; `timeout` in seconds."""

    allow_private: bool = False
    timeout: Annotated[float, Between(1, 300)] = 10.0


@dataclass(frozen=True, slots=True)
class Approvals:
    """How those who are asked for consent are reminded; in hours."""

    remind_every: Annotated[float, Between(1, 8760)] = 24.0
    escalate_after: Annotated[float, Between(1, 8760)] = 48.0


@dataclass(frozen=True, slots=True)
class Metrics:
    """Who may read /metrics: whoever shows the token; without one nobody may."""

    token: Secret = Secret("")  # noqa: RUF009 - it cannot be changed


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What the core must know of every channel; the rest of its block belongs to the adapter."""

    name: str
    adapter: str
    enabled: bool
    data_class: DataClass | None
    limits: tuple[Limit, ...]
    place_limits: tuple[Limit, ...]
    lanes: Annotated[int, Between(1, 100)]
    own: Mapping[str, Any] = field(repr=False)
    file: Path = field(repr=False)


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration, checked."""

    home: Path
    file: Path
    sandbox: bool
    school: School
    quiet_hours: Quiet
    retries: RetryPolicy
    dispatch: Dispatch
    files: Files
    calendar: Calendar
    api: Api
    webhooks: Webhooks
    alarms: AlarmPolicy
    approvals: Approvals
    metrics: Metrics
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
    defaults = read_yaml(DEFAULTS)
    chosen = read_yaml(file) if file.exists() else {}
    _refuse_unknown(file, chosen, defaults)
    _refuse_unknown_in_channels(file, chosen.get("channels"), defaults["channels"])
    merged = laid_over(defaults, chosen)
    blocks = _channels(merged.pop("channels"), known=defaults["channels"], file=file)
    known = {f.name: f.type for f in fields(Config)}
    del known["home"], known["file"], known["channels"]
    hints = _hints(Config)
    parts = {name: build(hints[name], merged.get(name), file=file, key=name) for name in known}
    return Config(home=home(), file=file, channels=blocks, **parts)


def build(kind: Any, value: Any, *, file: Path, key: str) -> Any:
    """Turn YAML into `kind`, a frozen dataclass or a field's type; raises ConfigMistake."""
    if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__"):
        return _build_dataclass(kind, value, file=file, key=key)
    try:
        return read_value(kind, value)
    except (ValueError, TypeError) as error:
        raise ConfigMistake(file, key, str(error)) from error


def _build_dataclass(kind: type, value: Any, *, file: Path, key: str) -> Any:
    if not isinstance(value, dict):
        raise ConfigMistake(file, key, _("ожидается блок ключей"))
    hints = _hints(kind)
    known = {f.name: f for f in fields(kind)}
    for name in value:
        if name not in known:
            raise ConfigMistake(file, f"{key}.{name}", unknown(str(name), known))
    for name, wanted in known.items():
        if name not in value and wanted.default is wanted.default_factory is MISSING:
            raise ConfigMistake(file, f"{key}.{name}", _("не задано"))
    given = {
        name: build(hints[name], value[name], file=file, key=f"{key}.{name}") for name in value
    }
    try:
        return kind(**given)
    except ValueError as error:
        raise ConfigMistake(file, key, str(error)) from error


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    """The types of a dataclass's fields by name, with their bounds."""
    return get_type_hints(kind, include_extras=True)


def read_yaml(file: Path) -> dict[str, Any]:
    """A file's keys and values; raises ConfigMistake."""
    try:
        read = deepcopy(_understood(file.read_text(encoding="utf-8")))
    except yaml.MarkedYAMLError as error:
        raise ConfigMistake(file, "", _without_the_line(error)) from error
    except yaml.YAMLError as error:
        raise ConfigMistake(file, "", words_of(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigMistake(file, "", file_words(error)) from error
    if read is None:
        return {}
    if not isinstance(read, dict):
        raise ConfigMistake(file, "", _("ожидаются ключи и значения"))
    return read


_understood = lru_cache(maxsize=16)(read_safely)
"""The value of a text in YAML that may have been read before; not to be changed."""


def _without_the_line(error: yaml.MarkedYAMLError) -> str:
    """Where and what, but nothing that PyYAML repeats of the file: it may be a password."""
    mark = error.problem_mark or error.context_mark
    where = _("строка {line}").format(line=mark.line + 1 if mark else 1)
    problem = QUOTED.sub(lambda quoted: quoted["sign"] or STARS, str(error.problem or ""))
    return f"{where}: {words_of(error, problem)}"


def _refuse_unknown(file: Path, chosen: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for name in chosen:
        if name not in known:
            raise ConfigMistake(file, str(name), unknown(str(name), known))


def _refuse_unknown_in_channels(file: Path, chosen: Any, known: Mapping[str, Any]) -> None:
    """Check the keys of channels that are switched off too: `enabeld: true` must not pass.

    A channel of the school's own, which the defaults do not know, is checked by its adapter.
    """
    for name, block in chosen.items() if isinstance(chosen, dict) else ():
        if name in known and isinstance(block, dict):
            for key in block:
                if key not in known[name]:
                    problem = unknown(str(key), known[name])
                    raise ConfigMistake(file, f"channels.{name}.{key}", problem)


def laid_over(below: Any, above: Any) -> Any:
    """Mappings are laid over each other key by key; anything else above replaces what is below.

    A block whose keys are all commented out changes nothing.
    """
    if isinstance(below, dict) and above is None:
        return below
    if isinstance(below, dict) and isinstance(above, dict):
        return {
            name: laid_over(below.get(name), above[name]) if name in above else below[name]
            for name in {**below, **above}
        }
    return above


def _channels(blocks: Any, *, known: Mapping[str, Any], file: Path) -> dict[str, ChannelSettings]:
    """Every channel's block; a name of the school's own must say which adapter it means."""
    if not isinstance(blocks, dict):
        raise ConfigMistake(file, "channels", _("ожидается блок ключей"))
    read = {name: _channel(str(name), block, file=file) for name, block in blocks.items()}
    for name in read:
        if name not in known and "adapter" not in blocks[name]:
            raise ConfigMistake(file, f"channels.{name}", unknown(str(name), known))
    return read


def _channel(name: str, block: Any, *, file: Path) -> ChannelSettings:
    key = f"channels.{name}"
    if not isinstance(block, dict):
        raise ConfigMistake(file, key, _("ожидается блок ключей"))
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
    hints = _hints(ChannelSettings)
    return ChannelSettings(
        name=name,
        own={k: v for k, v in block.items() if k not in common},
        file=file,
        **{k: build(hints[k], v, file=file, key=f"{key}.{k}") for k, v in given.items()},
    )


def adapter_config(settings: ChannelSettings, kind: type, **fallback: Any) -> Any:
    """The adapter's own frozen configuration; `fallback` fills what the school left empty."""
    own = dict(settings.own)
    known = {f.name for f in fields(kind)}
    for name, value in fallback.items():
        if value and name in known and not own.get(name):
            own[name] = value
    return build(kind, own, file=settings.file, key=f"channels.{settings.name}")
