"""Every address of the web, in one table."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("broadcaster.web.health")),
    path("site/", include("broadcaster.web.site")),
    path("u/", include("broadcaster.web.unsubscribe")),
    path("", include("broadcaster.web.views.home")),
    path("account/", include("broadcaster.web.views.account")),
    path("announcements/", include("broadcaster.web.views.announcements")),
    path("approvals/", include("broadcaster.web.views.approvals")),
    path("people/", include("broadcaster.web.views.people")),
    path("channels/", include("broadcaster.web.views.channels")),
    path("audit/", include("broadcaster.web.views.audit")),
    path("settings/", include("broadcaster.web.views.settings")),
]

handler400 = "broadcaster.web.views.refusals.bad_request"
handler403 = "broadcaster.web.views.refusals.forbidden"
handler404 = "broadcaster.web.views.refusals.not_found"
handler500 = "broadcaster.web.views.refusals.fault"
