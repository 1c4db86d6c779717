"""A question that nobody asked for is refused: `dryrun=true` must not write."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from broadcaster.i18n import _
from broadcaster.web.api.door import ApiRequest
from broadcaster.web.api.problems import Problem, Spot


def strictly(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse parameters behind `?` that this operation does not know."""
    known = _parameters(view)

    @wraps(view)
    def wrapped(request: ApiRequest, *args: Any, **values: Any) -> Any:
        if unknown := sorted(set(request.GET) - known):
            spots = [Spot(where=f"query.{name}", detail=_("Такого нет.")) for name in unknown]
            raise Problem(422, "invalid", _("В запросе есть ошибки."), errors=spots)
        return view(request, *args, **values)

    return wrapped


def _parameters(view: Any) -> frozenset[str]:
    """The names that ninja reads from the query for this view."""
    models = view._ninja_operation.models  # noqa: SLF001 - ninja shows it nowhere else
    queries = (model for model in models if model.__ninja_param_source__ == "query")
    return frozenset(name for model in queries for name in model.__ninja_flatten_map__)
