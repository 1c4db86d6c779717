"""Keeping what was filled in on a settings screen, or telling at the right field why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from broadcaster.bootstrap import look_again, try_out
from broadcaster.config import ConfigMistake
from broadcaster.i18n import _
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.audit import Actor
from broadcaster.services.settling import Unwritable, settle
from broadcaster.web.access import StaffRequest
from broadcaster.web.forms.settings import SettingsForm

Screen = Callable[..., HttpResponse]


def needs_settings(screen: Screen) -> Screen:
    """A screen that leads to the settings, which say what is wrong, when the file is broken."""

    @wraps(screen)
    def through(request: StaffRequest, *args: Any, **values: Any) -> HttpResponse:
        try:
            return screen(request, *args, **values)
        except ConfigMistake:
            if request.method == "POST":
                messages.error(request, _("Не сохранено: сначала исправьте файл настроек."))
            return redirect("settings")

    return through


def keep(form: SettingsForm, *, by: Actor) -> bool:
    """Write what a form says; False with the form's errors filled in when that cannot be."""
    if not form.is_valid():
        return False
    try:
        put(form.changes(), by=by)
    except ConfigMistake as mistake:
        form.complain(mistake.key, mistake.problem)
    except (Unwritable, RenderingMistake) as mistake:
        form.add_error(None, str(mistake))
    return form.is_valid()


def put(changes: Mapping[str, Any], *, by: Actor) -> None:
    """Write settings so that this process takes them at once, others in a second.

    Raises ConfigMistake, RenderingMistake or Unwritable, nothing written.
    """
    if settle(changes, by=by, now=datetime.now(UTC), check=try_out):
        look_again()
