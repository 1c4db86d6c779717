"""YAML that people write, read so that a few lines cannot take all time and memory.

PyYAML follows nesting to any depth, repeats what an alias names as often as it is named, and lets
whatever a value breaks come through. Here each of them is a YAMLError that names its line.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

import yaml

from broadcaster.foreign_words import yaml_words
from broadcaster.i18n import _

MOST_DEPTH = 30
"""Blocks inside one another; our own files have four."""
MOST_VALUES = 50_000
"""Values of a file, each counted as often as aliases repeat it."""
MERGE = "tag:yaml.org,2002:merge"
"""What `<<` is, of which there may be several."""
SHOWN = 100
"""Characters of a value that are repeated in words about it."""


class OwnRefusal(yaml.MarkedYAMLError):
    """A refusal of ours, in the school's language; PyYAML's own are in English."""


class _Loader(Protocol):
    """What `_Bounded` is laid over: a composer and a constructor of PyYAML."""

    def check_event(self, *kinds: type) -> bool: ...
    def peek_event(self) -> Any: ...


class _Bounded:
    """Refuses what is nested or repeated without end, and values that cannot be."""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)  # type: ignore[call-arg]
        self._depth = 0
        self._values = 0
        self._weights: dict[int, int] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The next value with all that is in it."""
        reader = cast("_Loader", self)
        mark = reader.peek_event().start_mark
        is_alias = reader.check_event(yaml.AliasEvent)
        before, self._depth = self._values, self._depth + 1
        self._refuse_endless(mark)
        node = super().compose_node(parent, index)  # type: ignore[misc]
        self._depth -= 1
        if is_alias:
            self._values += self._weight(node, mark)
        else:
            self._values += 1
            self._weights[id(node)] = self._values - before
        self._refuse_endless(mark)
        return node

    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        """The value of a node; what is no date, no number raises a YAMLError as well."""
        try:
            return super().construct_object(node, deep)  # type: ignore[misc]
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:
            words = _("значение не прочитать")
            raise OwnRefusal(None, None, words, node.start_mark) from error

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        """The keys and values of a block; a key that stands there twice raises a YAMLError."""
        seen: set[str] = set()
        for key, _value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != MERGE:
                if key.value in seen:
                    words = _(
                        "«{key}» стоит здесь второй раз: оставьте один, а что под ними, соедините"
                    )
                    told = words.format(key=shown(key.value))
                    raise OwnRefusal(None, None, told, key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)  # type: ignore[misc]

    def _weight(self, node: Any, mark: Any) -> int:
        if id(node) not in self._weights:
            raise OwnRefusal(None, None, _("псевдоним указывает сам на себя"), mark)
        return self._weights[id(node)]

    def _refuse_endless(self, mark: Any) -> None:
        if self._depth > MOST_DEPTH:
            raise OwnRefusal(None, None, _("слишком много вложенных друг в друга блоков"), mark)
        if self._values > MOST_VALUES:
            words = _("значений, считая повторённые псевдонимами, больше {most}")
            raise OwnRefusal(None, None, words.format(most=MOST_VALUES), mark)


class SafeLoader(_Bounded, yaml.SafeLoader):
    """Reads texts, numbers, dates, lists and mappings."""


class TextLoader(_Bounded, yaml.BaseLoader):
    """Reads texts, lists and mappings: every value stays as it was written."""


def read_safely(text: str) -> Any:
    """The value of a text in YAML; raises YAMLError."""
    return yaml.load(text, Loader=SafeLoader)  # noqa: S506 - it is PyYAML's own safe one


def words_of(error: yaml.YAMLError, problem: str = "") -> str:
    """What is wrong, in one phrase; `problem` stands for what the error says of it."""
    problem = problem or str(getattr(error, "problem", None) or error)
    return problem if isinstance(error, OwnRefusal) else yaml_words(problem)


def shown(value: object) -> str:
    """A value as words about it repeat it."""
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
