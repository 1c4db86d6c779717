"""The API for the school's other programs: /api/v1, closed but for its own description."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from broadcaster.web.api import announcements, files, people, reports
from broadcaster.web.api.asking import strictly
from broadcaster.web.api.description import described, docs_page
from broadcaster.web.api.door import opened
from broadcaster.web.api.problems import not_found, tell_problems
from broadcaster.web.api.repeating import repeatable


class Api(NinjaAPI):
    """Ninja's, whose description says that problems are `application/problem+json`.

    It is made once: it takes a fifth of a second, and anybody may ask for it.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._described: dict[str, OpenAPISchema] = {}

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The description of the API, not to be changed."""
        where = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if where not in self._described:
            schema = super().get_openapi_schema(path_prefix=where)
            self._described[where] = described(schema)
        return self._described[where]


api = Api(
    title="Broadcaster",
    version="1",
    description="Announcements of the school's other programs, and who was reached.",
    urls_namespace="api",
    docs_url=None,
)
tell_problems(api)
api.add_decorator(strictly, mode="operation")
api.add_decorator(repeatable, mode="operation")
api.add_router("/announcements", announcements.router)
api.add_router("/announcements", files.router)
api.add_router("/announcements", reports.router)
api.add_router("", people.router)


def nothing_here(_request: HttpRequest, **_parts: str) -> HttpResponse:
    """What is not there is told as a problem, too."""
    return not_found().response()


def docs(request: HttpRequest) -> HttpResponse:
    """The description for people."""
    return docs_page(request, api.get_openapi_schema())


_operations = [one for one in api.urls[0] if getattr(one, "name", "") != "api-root"]
urlpatterns = [
    *map(opened, [path("docs", docs, name="docs"), *_operations]),
    opened(path("", nothing_here, name="api-root")),
    opened(re_path("^.+$", nothing_here)),
]
