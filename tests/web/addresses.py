"""Every address of the web, found in the resolver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Address:
    """A route with its name; the route itself stands for the name where there is none."""

    name: str
    route: str
    view: Any
    takes: tuple[str, ...]


def every_address() -> Iterator[Address]:
    """All of them, whatever they are included by."""
    yield from _below(get_resolver(), "", "", ())


def _below(
    resolver: URLResolver, route: str, space: str, takes: tuple[str, ...]
) -> Iterator[Address]:
    for one in resolver.url_patterns:
        path = route + str(one.pattern)
        taken = (*takes, *one.pattern.converters)
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _below(one, path, inner, taken)
        elif isinstance(one, URLPattern):
            name = f"{space}{one.name}" if one.name else path
            yield Address(name, path, one.callback, taken)
