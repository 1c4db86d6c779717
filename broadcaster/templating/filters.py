"""The filters and tests of strict templates: Jinja's own, counted before they make anything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import wraps
from inspect import signature
from typing import Any

from jinja2 import Environment, Undefined, pass_context, pass_eval_context
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS, make_attrgetter
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, markup_join, str_join
from jinja2.tests import TESTS as EVERY_TEST
from markupsafe import escape

from broadcaster.i18n import _
from broadcaster.templating.meter import refuse_over, size, spend, touch

PLAIN = (
    *("capitalize", "count", "d", "default", "e", "escape", "first", "join", "last", "length"),
    *("lower", "replace", "reverse", "sort", "title", "trim", "truncate", "upper", "wordcount"),
)
"""Jinja's filters but those that get text past escaping (safe) or fill the memory (center)."""

TESTS = (
    *("boolean", "defined", "divisibleby", "even", "float", "integer", "iterable", "lower"),
    *("mapping", "none", "number", "odd", "sequence", "string", "undefined", "upper"),
)
"""Jinja's tests but those that look behind a value, such as callable."""

_OF_FIELDS = {"groupby", "join", "sort"}
_OF_NUMBERS = {"divisibleby", "even", "odd"}
_OF_TEXT = {"capitalize", "e", "escape", "lower", "replace", "title", "trim", "truncate", "upper"}
_SCALARS = (str, int, float, Undefined)

HELD, JOINED, TOLL, TURNS = "_held", "_joined", "_toll", "_turns"
"""Filters that `tolls` puts into a template; using them by hand only costs steps."""


def careful(name: str, filter_: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, paying for what it takes and what it gives."""
    forecast = _FORECASTS.get(name)

    @wraps(filter_)
    def counted(*given: Any, **named: Any) -> Any:
        values = [part for part in given if not isinstance(part, (EvalContext, Environment))]
        touch(values, named)
        if name in _OF_TEXT:
            refuse_all_but_text(*values, *named.values())
        if name in _OF_FIELDS:
            _look_at_fields(name, **signature(filter_).bind(*given, **named).arguments)
        if forecast is not None:
            forecast(*values, **named)
        made = filter_(*given, **named)
        made = list(made) if isinstance(made, Iterator) else made
        touch(made)
        return made

    return counted


def refuse_all_but_text(*values: object) -> None:
    """Raise SecurityError for a value that people cannot read, such as a list or a macro."""
    for value in values:
        if value is not None and not isinstance(value, _SCALARS):
            raise SecurityError(
                _("напечатать можно только текст или число.\nполе, например {example}").format(
                    example="{{ announcement.title }}"
                )
            )


def _look_at_fields(
    name: str,
    value: Any,
    attribute: Any = None,
    *,
    environment: Environment | None = None,
    eval_ctx: EvalContext | None = None,
    default: Any = None,
    **_other: Any,
) -> None:
    """Pay for the field that a filter looks at in each thing of a list."""
    within = environment or (eval_ctx.environment if eval_ctx else None)
    if attribute is None or within is None:
        return
    if not isinstance(value, Collection):
        refuse_all_but_text(value)
        return
    several = name == "sort" and isinstance(attribute, str)
    for field in attribute.split(",") if several else [attribute]:
        spend(len(value) * (1 + str(field).count(".")))
        found = [*map(make_attrgetter(within, field, default=default), value)]
        touch(found)
        if name == "join":
            refuse_all_but_text(*found)


def _forecast_replace(
    text: object, old: object = "", new: object = "", count: int | None = None
) -> None:
    shown, sought = escape(text), escape(old)  # what Jinja uses when one of them is escaped
    times = max(str(one).count(str(part)) for one in (text, shown) for part in (old, sought))
    if count is not None and count >= 0:
        times = min(times, count)
    refuse_over(size(shown) + times * size(escape(new)))


def _forecast_join(parts: Any, d: object = "", attribute: object = None) -> None:
    if attribute is None and isinstance(parts, Collection):
        refuse_all_but_text(*parts)
    refuse_over(size(parts) + len(parts) * size(d))


_FORECASTS: Mapping[str, Callable[..., None]] = {
    "replace": _forecast_replace,
    "join": _forecast_join,
}
"""Filters that make much out of little, and what they would make."""


@pass_context
def printed(_context: Context, value: Any) -> Any:
    """What a template prints, when it is something that people can read."""
    refuse_all_but_text(value)
    touch(value)
    return value


def _held(value: Any) -> Any:
    touch(value)
    return value


@pass_eval_context
def _joined(within: EvalContext, parts: list[Any]) -> str:
    refuse_all_but_text(*parts)
    touch(parts)
    return (markup_join if within.autoescape else str_join)(parts)


@pass_context
def _toll(_context: Context, steps: int) -> str:
    spend(steps)
    return ""


@pass_context
def _turns(_context: Context, values: Iterable[Any], steps: int) -> Iterator[Any]:
    for value in values:
        spend(steps)
        yield value


def filters(more: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """The plain filters, these further ones, and those that tolls are taken with."""
    every = {name: FILTERS[name] for name in PLAIN} | dict(more)
    own: dict[str, Callable[..., Any]] = {HELD: _held, JOINED: _joined, TOLL: _toll, TURNS: _turns}
    return {name: careful(name, filter_) for name, filter_ in every.items()} | own


def tests() -> dict[str, Any]:
    """The plain tests; those that divide take numbers only, as `%` of a text formats it."""
    every: dict[str, Any] = {name: EVERY_TEST[name] for name in TESTS}
    return every | {name: _of_numbers(every[name]) for name in _OF_NUMBERS}


def _of_numbers(test: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(test)
    def asked(*given: Any, **named: Any) -> Any:
        for value in (*given, *named.values()):
            if not isinstance(value, (int, float, Undefined)):
                raise SecurityError(
                    _(
                        "чётность и делимость бывают только у чисел.\nчисло, например {example}"
                    ).format(example="{% if loop.index is even %}")
                )
        return test(*given, **named)

    return asked
