"""Changing the calendar: items by those who manage, single dates by those who approve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from broadcaster.bootstrap import office
from broadcaster.calendar_words import rule_words
from broadcaster.config import ConfigMistake
from broadcaster.domain.occasions import Item
from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.calendar.changing import (
    ItemChanged,
    ItemRefused,
    NoSuchItem,
    remove_item,
    save_item,
    switch_item,
)
from broadcaster.services.calendar.items import (
    Calendar,
    block_of,
    calendar,
    edition,
    is_own,
    is_shipped,
)
from broadcaster.services.calendar.leaving_out import (
    LeavingOutRefused,
    Refusal,
    leave_out,
    put_back,
)
from broadcaster.services.calendar.showing import between
from broadcaster.services.calendar.trying import Trial, trial
from broadcaster.services.outlets import local_day
from broadcaster.services.settling import Unwritable
from broadcaster.store.queries.roll import all_group_names
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.calendar_lines import Line, lines
from broadcaster.web.forms.calendar import HOWS, ItemForm
from broadcaster.web.views.calendar import FIRST_YEAR, LAST_YEAR

GROUPS_SHOWN = 200
CHANGED = _(
    "Пока вы правили, кто-то другой изменил эту памятку в календаре. Ваша правка ещё здесь:"
    " проверьте даты и сохраните ещё раз."
)
REFUSALS: Mapping[Refusal, str] = {
    Refusal.NO_SUCH_DATE: _("Такой даты в календаре нет: возможно, правило изменили."),
    Refusal.OVER: _("Поздно: время этой даты пришло или с ней уже что-то решили."),
}


@allowed(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_item_new(request: StaffRequest) -> HttpResponse:
    """Add an item of the school's own."""
    return _edit(request, "", {"memo": request.GET.get("memo", "")} if request.GET else {})


@allowed(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_item_edit(request: StaffRequest, item: str) -> HttpResponse:
    """Change an item; what was typed stays when something is wrong with it."""
    return _edit(request, item, _block(item))


@allowed(Right.MANAGE)
@require_POST
def calendar_item_try(request: StaffRequest) -> HttpResponse:
    """Which dates would change: a part of the page, nothing is written."""
    item = request.POST.get("item", "")
    now = datetime.now(UTC)
    form, _seen = _form(request, item, _block(item) if item else {}, now)
    return render(request, "calendar/_trial.html.j2", _tried(form, now))


def _edit(request: StaffRequest, item: str, block: Mapping[str, Any]) -> HttpResponse:
    now = datetime.now(UTC)
    form, seen = _form(request, item, block, now)
    saving = request.method == "POST" and "look" not in request.POST
    if saving and form.is_valid() and _saved(request, form, now):
        return redirect("calendar_item", form.named)
    looked = {"trial": None} if request.method != "POST" else _tried(form, now)
    about = {
        "form": form,
        "item": item,
        "seen": _seen(request, form, item),
        "hows": HOWS,
        "looked": looked["trial"] is not None and not form.errors,
        "problems": [one for one in seen.problems if one.item == item] if item else [],
        "groups": all_group_names()[:GROUPS_SHOWN],
        "shipped": bool(item) and is_shipped(item),
        "own": bool(item) and is_own(item),
        **looked,
    }
    return render(request, "calendar/edit.html.j2", about)


def _seen(request: StaffRequest, form: ItemForm, item: str) -> str:
    """The edition this person has looked at; the newest one only when she was told of it."""
    told = request.method != "POST" or form.has_error(NON_FIELD_ERRORS, "changed")
    return (edition(item) if item else "") if told else request.POST.get("seen", "")


def _block(item: str) -> Mapping[str, Any]:
    """What the files say of an item, right or wrong; Http404 when they do not name it."""
    try:
        found = block_of(item)
    except ConfigMistake as mistake:
        raise Http404 from mistake
    if found is None:
        raise Http404
    return found


def _form(
    request: StaffRequest, item: str, block: Mapping[str, Any], now: datetime
) -> tuple[ItemForm, Calendar]:
    seen = calendar(office(), today=local_day(office(), now))
    form = ItemForm(
        request.POST if request.method == "POST" else None,
        block,
        name=item,
        memos=seen.memos,
        channels=office().outlets,
        taken={*seen.entries, *(one.item for one in seen.problems)},
    )
    return form, seen


def _tried(form: ItemForm, now: datetime) -> dict[str, Any]:
    """What a form would change; the form gets the item's mistakes."""
    made: Trial | None = None
    if form.is_valid():
        try:
            made = trial(office(), form.named, form.values(), now=now)
        except ConfigMistake as mistake:
            form.add_error(None, str(mistake))
        else:
            form.complain(made.problems)
    after = made.after if made else None
    return {
        "trial": made,
        "form": form,
        "rule": rule_words(after.rhythm.rule, after.rhythm.at) if after else "",
        "enabled": office().calendar.enabled,
    }


def _saved(request: StaffRequest, form: ItemForm, now: datetime) -> bool:
    """Whether the item has been written; otherwise the form says why not."""
    seen, by = request.POST.get("seen") or None, actor_of(request)
    try:
        changed = save_item(office(), form.named, form.values(), by=by, now=now, seen=seen)
    except ItemRefused as refused:
        form.complain(refused.problems)
        return False
    except ItemChanged:
        form.add_error(None, ValidationError(CHANGED, code="changed"))
        return False
    except (ConfigMistake, Unwritable) as mistake:
        form.add_error(None, str(mistake))
        return False
    messages.success(request, _("Сохранено.") if changed else _("Ничего не изменилось."))
    return True


@allowed(Right.MANAGE)
@require_POST
def calendar_item_turn(request: StaffRequest, item: str) -> HttpResponse:
    """Switch an item on or off."""
    on = request.POST.get("on") == "1"
    try:
        switch_item(office(), item, on=on, by=actor_of(request), now=datetime.now(UTC))
    except NoSuchItem as missing:
        raise Http404 from missing
    except ItemRefused as refused:
        messages.error(request, " ".join(one.text for one in refused.problems))
        return redirect("calendar_item_edit", item)
    except (ConfigMistake, Unwritable) as mistake:
        messages.error(request, str(mistake))
    else:
        messages.success(request, _("Включено.") if on else _("Выключено: эта памятка не уйдёт."))
    return redirect("calendar_item", item)


@allowed(Right.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_item_remove(request: StaffRequest, item: str) -> HttpResponse:
    """Take the school's own words about an item away, after a question."""
    _block(item)
    shipped = is_shipped(item)
    if request.method != "POST":
        about = {"item": item, "shipped": shipped, "own": is_own(item)}
        return render(request, "calendar/remove.html.j2", about)
    try:
        remove_item(item, by=actor_of(request), now=datetime.now(UTC))
    except NoSuchItem:
        messages.info(request, _("Здесь и так всё как было."))
    except (ConfigMistake, Unwritable) as mistake:
        messages.error(request, str(mistake))
    else:
        words = _("Всё снова как было в программе.") if shipped else _("Удалено из календаря.")
        messages.success(request, words)
    return redirect("calendar_item", item) if shipped else redirect("calendar")


@allowed(Right.APPROVE)
@require_http_methods(["GET", "HEAD", "POST"])
def occasion_skip(request: StaffRequest, item: str, day: str) -> HttpResponse:
    """Leave one date out, after a question."""
    now, named = datetime.now(UTC), _day(day)
    found = _item(item, now)
    if request.method != "POST":
        line = _line(request, item, named, now)
        about = {"item": found, "day": named, "line": line}
        return render(request, "calendar/skip.html.j2", about)
    try:
        leave_out(office(), found, named, by=actor_of(request), now=now)
    except LeavingOutRefused as refused:
        messages.error(request, REFUSALS[refused.why])
    else:
        messages.success(request, _("Эта дата пропускается. Передумаете — верните её."))
    return _back(named)


@allowed(Right.APPROVE)
@require_POST
def occasion_back(request: StaffRequest, item: str, day: str) -> HttpResponse:
    """Give a date back to the calendar."""
    named = _day(day)
    if not item.isprintable():
        raise Http404
    try:
        put_back(item, named, by=actor_of(request), now=datetime.now(UTC))
    except LeavingOutRefused as refused:
        messages.error(request, REFUSALS[refused.why])
    else:
        messages.success(request, _("Дата снова в календаре."))
    return _back(named)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Http404
    return found


def _item(name: str, now: datetime) -> Item:
    seen = calendar(office(), today=local_day(office(), now))
    found = seen.items.get(name) or seen.offered.get(name)
    if found is None:
        raise Http404
    return found


def _line(request: StaffRequest, item: str, day: date, now: datetime) -> Line:
    """The entry of a date; Http404 when there is none to leave out."""
    near = (date.fromordinal(day.toordinal() + shift) for shift in (-20, 20))
    found = between(office(), *near, by=request.staff, now=now)
    mine = [one for one in found if one.item == item and one.day == day]
    told = lines(mine, request.staff, now=now)
    if not told or not told[0].skip:
        raise Http404
    return told[0]


def _back(day: date) -> HttpResponse:
    return redirect("calendar_year", day.year)


urlpatterns = [
    path("items/new/", calendar_item_new, name="calendar_item_new"),
    path("try/", calendar_item_try, name="calendar_item_try"),
    path("items/<str:item>/edit/", calendar_item_edit, name="calendar_item_edit"),
    path("items/<str:item>/turn/", calendar_item_turn, name="calendar_item_turn"),
    path("items/<str:item>/remove/", calendar_item_remove, name="calendar_item_remove"),
    path("items/<str:item>/<str:day>/skip/", occasion_skip, name="occasion_skip"),
    path("items/<str:item>/<str:day>/back/", occasion_back, name="occasion_back"),
]
