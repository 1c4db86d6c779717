"""The school, its quiet hours, its files, its channels; ways to the staff and to other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from broadcaster.bootstrap import office
from broadcaster.config import Config, ConfigMistake, load
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.rehearsing import is_roll_empty
from broadcaster.store.models import ChannelState
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.forms.channels import FORMS
from broadcaster.web.forms.settings import (
    ApprovalsForm,
    FilesForm,
    QuietForm,
    SchoolForm,
    SettingsForm,
)
from broadcaster.web.saving import keep, needs_settings
from broadcaster.web.zones import zone_words

Made = Callable[[Any, Config], SettingsForm]

ELSEWHERE = (
    ("staff", _("Сотрудники"), _("Кто входит, с какими правами и для каких групп.")),
    ("days_off_now", _("Выходные и каникулы"), _("Что календарь обходит; каникулы школы.")),
    ("tokens", _("Ключи других программ"), _("Журнал, сайт или бот школы пишут через API.")),
    ("webhooks", _("Оповещения других программ"), _("Кому сообщать о том, что отправлено.")),
)
"""Screens of their own: name, title, words."""


@allowed(Right.MANAGE)
@require_safe
def settings(request: StaffRequest) -> HttpResponse:
    """Everything that can be set, with what is set now."""
    try:
        config, mistake = load(), ""
    except ConfigMistake as refused:
        config, mistake = None, str(refused)
    about = {
        "config": config,
        "mistake": mistake or office.refused,
        "office": office(),
        "channels": _channels(config) if config else [],
        "zone": zone_words(office().school.time_zone.key, datetime.now(UTC)),
        "elsewhere": list(_elsewhere()),
        "roll_is_empty": is_roll_empty(),
    }
    return render(request, "settings/settings.html.j2", about)


def _channels(config: Config) -> list[dict[str, Any]]:
    states: Mapping[str, ChannelState] = ChannelState.objects.in_bulk()
    return [
        {"channel": one, "has_form": one.adapter in FORMS, "state": states.get(name)}
        for name, one in config.channels.items()
    ]


def _elsewhere() -> Iterator[tuple[str, str, str]]:
    for name, title, words in ELSEWHERE:
        try:
            yield reverse(name), title, words
        except NoReverseMatch:
            continue


def _screen(made: Made, title: str) -> Callable[[StaffRequest], HttpResponse]:
    """A screen with one form about one block of the settings."""

    @needs_settings
    def screen(request: StaffRequest) -> HttpResponse:
        form = made(request.POST or None, load())
        if request.method == "POST" and keep(form, by=actor_of(request)):
            messages.success(request, _("Сохранено и уже действует."))
            return redirect("settings")
        return render(request, "settings/form.html.j2", {"form": form, "title": title})

    return allowed(Right.MANAGE)(require_http_methods(["GET", "HEAD", "POST"])(screen))


urlpatterns = [
    path("", settings, name="settings"),
    path("school", _screen(SchoolForm, _("Школа")), name="settings-school"),
    path("quiet-hours", _screen(QuietForm, _("Тихие часы")), name="settings-quiet"),
    path("approvals", _screen(ApprovalsForm, _("Согласование")), name="settings-approvals"),
    path("files", _screen(FilesForm, _("Файлы")), name="settings-files"),
]
