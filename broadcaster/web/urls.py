"""Every address of the web, in one table."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("broadcaster.web.health")),
    path("site/", include("broadcaster.web.site")),
    path("u/", include("broadcaster.web.unsubscribe")),
]
