"""Every address of the web, in one table."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("broadcaster.web.health")),
    path("", include("broadcaster.web.metrics")),
    path("site/", include("broadcaster.web.site")),
    path("u/", include("broadcaster.web.unsubscribe")),
    path("a/", include("broadcaster.web.acknowledge")),
    path("", include("broadcaster.web.views.home")),
    path("account/", include("broadcaster.web.views.account")),
    path("announcements/", include("broadcaster.web.views.announcements")),
    path("announcements/", include("broadcaster.web.views.previews")),
    path("announcements/", include("broadcaster.web.views.attachments")),
    path("announcements/", include("broadcaster.web.views.reports")),
    path("announcements/", include("broadcaster.web.views.report_controls")),
    path("announcements/", include("broadcaster.web.views.report_files")),
    path("approvals/", include("broadcaster.web.views.approvals")),
    path("people/", include("broadcaster.web.views.people")),
    path("channels/", include("broadcaster.web.views.channels")),
    path("calendar/", include("broadcaster.web.views.days_off")),
    path("calendar/", include("broadcaster.web.views.calendar")),
    path("calendar/", include("broadcaster.web.views.calendar_changes")),
    path("calendar/", include("broadcaster.web.views.calendar_items")),
    path("calendar/", include("broadcaster.web.views.calendar_feed")),
    path("audit/", include("broadcaster.web.views.audit")),
    path("settings/tokens/", include("broadcaster.web.views.tokens")),
    path("settings/webhooks/", include("broadcaster.web.views.webhooks")),
    path("settings/staff/", include("broadcaster.web.views.staff")),
    path("settings/", include("broadcaster.web.views.settings")),
    path("api/v1/", include(("broadcaster.web.api", "api"))),
    path("settings/", include("broadcaster.web.views.channel_settings")),
    path("start/", include("broadcaster.web.views.start")),
]

handler400 = "broadcaster.web.views.refusals.bad_request"
handler403 = "broadcaster.web.views.refusals.forbidden"
handler404 = "broadcaster.web.views.refusals.not_found"
handler500 = "broadcaster.web.views.refusals.fault"
