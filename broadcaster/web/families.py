"""What the screens about families share: whose family it is, and two people at one form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from broadcaster.bootstrap import office
from broadcaster.contract import Capability
from broadcaster.i18n import _
from broadcaster.services.people.family import ChangedMeanwhile, Gone, fingerprint
from broadcaster.services.scope import guardians_of, pupils_of
from broadcaster.store.models import Guardian, Pupil
from broadcaster.store.queries.families import with_family
from broadcaster.web.access import StaffRequest

CHANGED = _(
    "Пока вы заполняли форму, кто-то изменил эти сведения. Ничего не записано, ваш текст ниже цел:"
    " сверьте его с нынешними сведениями и сохраните ещё раз."
)
CHANGED_PAGE = _(
    "Пока вы смотрели на страницу, кто-то изменил эти сведения. Ничего не записано: посмотрите,"
    " что теперь, и повторите."
)


def channels_on() -> list[str]:
    """The channels that are switched on and reach people."""
    outlets = office().outlets.values()
    return [one.name for one in outlets if Capability.PEOPLE in one.traits.capabilities]


def person_for(request: StaffRequest, number: int) -> Guardian:
    """A parent whom this person may see, with the children she may see; Http404 otherwise."""
    own = guardians_of(request.staff).filter(pk=number)
    found = with_family(own, pupils_of(request.staff)).first()
    if found is None:
        raise Http404
    return found


def pupil_for(request: StaffRequest, number: int) -> Pupil:
    """A child whom this person may see; Http404 otherwise."""
    found = pupils_of(request.staff).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def saved(request: StaffRequest, form: forms.Form, save: Callable[[str], object]) -> bool:
    """Whether a form was sent, was valid, and `save` could write it.

    `save` gets the fingerprint that the form carries. When somebody else was quicker the form
    says so and is shown again with what was typed.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        save(request.POST.get("seen", ""))
    except ChangedMeanwhile:
        form.add_error(None, CHANGED)
        return False
    except Gone:
        raise Http404 from None
    return True


def pressed(request: StaffRequest, number: int, press: Callable[[str], object]) -> HttpResponse:
    """Do what a button on a parent's page says, and show the page again."""
    try:
        press(request.POST.get("seen", ""))
    except ChangedMeanwhile:
        messages.error(request, CHANGED_PAGE)
    except Gone:
        raise Http404 from None
    else:
        messages.success(request, _("Сохранено."))
    return redirect("person", number)


def person_form(
    request: StaffRequest, person: Guardian, form: forms.Form, *, title: str, **also: Any
) -> HttpResponse:
    """The page of a form about a parent, made from what is known now."""
    about = {"person": person, "form": form, "title": title, "seen": fingerprint(person.pk)}
    return render(request, "people/form.html.j2", about | {"note": "", "danger": ""} | also)
