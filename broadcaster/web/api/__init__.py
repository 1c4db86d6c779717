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
    """Ninja's, whose description says that problems are `application/problem+json`."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description of the API."""
        return described(super().get_openapi_schema(**options))


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
