"""Lists of faults as people write them, like `examples/sandbox.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from broadcaster.foreign_words import file_words
from broadcaster.i18n import _
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.yaml_reading import words_of


class FaultMistake(ValueError):
    """A list of faults cannot be used; the message says where and what was expected."""

    def __init__(self, source: str, problem: str, *, entry: int = 0) -> None:
        place = _("{source}, запись {entry}").format(source=source, entry=entry)
        super().__init__(f"{place if entry else source}: {problem}")


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry: a fault and the platform it is for."""

    platform: str
    fault: Fault


def read_faults(path: Path, *, platforms: Collection[str]) -> tuple[Planned, ...]:
    """The entries of a YAML file; raises FaultMistake."""
    try:
        listed = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        problem = _("файл не читается: {error}").format(error=file_words(error))
        raise FaultMistake(str(path), problem) from error
    except yaml.YAMLError as error:
        told = _("это не YAML: {error}").format(error=words_of(error))
        raise FaultMistake(str(path), told) from error
    return planned(listed, source=str(path), platforms=platforms)


def planned(listed: Any, *, source: str, platforms: Collection[str]) -> tuple[Planned, ...]:
    """The entries of a list that came from `source`; raises FaultMistake, which names it."""
    if not isinstance(listed, list):
        raise FaultMistake(source, _("нужен список записей с полями platform и kind"))
    made = []
    for number, entry in enumerate(listed, 1):
        try:
            made.append(_entry(entry, platforms))
        except _Unusable as error:
            raise FaultMistake(source, str(error), entry=number) from error
    return tuple(made)


class _Unusable(ValueError):
    """What is wrong with one entry."""


def _entry(entry: Any, platforms: Collection[str]) -> Planned:
    if not isinstance(entry, Mapping):
        raise _Unusable(_("нужна запись с полями platform и kind"))
    given = {name: _checked(name, value, platforms) for name, value in entry.items()}
    for name in ("platform", "kind"):
        if name not in given:
            raise _Unusable(_("нет поля {name}").format(name=name))
    return Planned(given.pop("platform"), Fault(**given))


def _checked(name: Any, value: Any, platforms: Collection[str]) -> Any:
    match name:
        case "platform":
            return _one_of(name, value, platforms)
        case "kind":
            return FaultKind(_one_of(name, value, [kind.value for kind in FaultKind]))
        case "times":
            return _fitting(name, value, _is_times, _("целое число от 1 или null (всегда)"))
        case "seconds":
            return float(_fitting(name, value, _is_seconds, _("число секунд от 0")))
        case "address" | "method" | "detail":
            return str(_fitting(name, value, _is_text, _("строка или целое число")))
        case _:
            raise _Unusable(_("поля «{name}» нет").format(name=name) + _hint(name, _FIELDS))


_FIELDS = ("platform", "kind", "address", "times", "seconds", "method", "detail")


def _one_of(name: str, value: Any, allowed: Collection[str]) -> str:
    if isinstance(value, str) and value in allowed:
        return value
    problem = _("{name}: «{value}» не подходит; можно {allowed}")
    raise _Unusable(problem.format(name=name, value=value, allowed=", ".join(allowed)))


def _fitting(name: str, value: Any, fits: Callable[[Any], bool], expected: str) -> Any:
    if fits(value):
        return value
    problem = _("{name}: «{value}», а нужно {expected}")
    raise _Unusable(problem.format(name=name, value=value, expected=expected))


def _hint(name: Any, known: Collection[str]) -> str:
    near = get_close_matches(str(name), known, n=1)
    if near:
        return _("; возможно, {name}").format(name=near[0])
    return _("; есть {names}").format(names=", ".join(known))


def _is_times(value: Any) -> bool:
    return value is None or (type(value) is int and value >= 1)


def _is_seconds(value: Any) -> bool:
    return type(value) in {int, float} and 0 <= value < float("inf")


def _is_text(value: Any) -> bool:
    return type(value) in {int, str}
