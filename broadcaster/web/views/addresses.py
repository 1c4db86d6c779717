"""A parent's addresses: written down, put in order, agreed to, closed, removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from broadcaster.domain.permissions import Right
from broadcaster.i18n import _
from broadcaster.services.people import addresses
from broadcaster.services.people.addresses import AddressTaken
from broadcaster.store.models import Address
from broadcaster.web.access import StaffRequest, actor_of, allowed
from broadcaster.web.families import person_for, person_form, pressed, saved
from broadcaster.web.forms.people import AddressForm, ChangeAddressForm, ConsentForm, today
from broadcaster.words import channel_word

ACTS: Mapping[str, Callable[..., None]] = {
    "first": addresses.prefer,
    "withdraw": addresses.withdraw,
    "close": addresses.close,
    "open": addresses.open_again,
}
"""What a button beside an address does."""


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest, number: int) -> HttpResponse:
    """Write down an address, and the consent if there is one."""
    person = person_for(request, number)
    form = AddressForm(request.POST or None)

    def save(seen: str) -> None:
        by = actor_of(request)
        addresses.add_address(number, **form.cleaned_data, seen=seen, by=by, now=datetime.now(UTC))

    if _kept(request, form, save):
        messages.success(request, _("Адрес записан."))
        return redirect("person", number)
    return person_form(request, person, form, title=_("Новый адрес"))


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, number: int, address: int) -> HttpResponse:
    """Put another address in the place of one."""
    person = person_for(request, number)
    row = _own(number, address)
    form = ChangeAddressForm(
        request.POST or None, channel=row.channel, initial={"value": row.value}
    )

    def save(seen: str) -> None:
        by, values = actor_of(request), form.cleaned_data
        addresses.change_address(number, address, **values, seen=seen, by=by, now=datetime.now(UTC))

    if _kept(request, form, save):
        messages.success(request, _("Адрес изменён."))
        return redirect("person", number)
    title = _("Адрес: {channel}").format(channel=channel_word(row.channel))
    note = _(
        "Согласие дано на прежний адрес. Для другого адреса его нужно записать заново. Что уже"
        " отправлено на прежний адрес, останется в истории с ним."
    )
    return person_form(request, person, form, title=title, note=note)


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: StaffRequest, number: int, address: int) -> HttpResponse:
    """Record when and how a person has agreed."""
    person = person_for(request, number)
    row = _own(number, address)
    form = ConsentForm(
        request.POST or None,
        initial={"consent_on": row.consent_on or today(), "consent_source": row.consent_source},
    )

    def save(seen: str) -> None:
        values, by = form.cleaned_data, actor_of(request)
        addresses.agree(
            number,
            address,
            on=values["consent_on"],
            source=values["consent_source"],
            seen=seen,
            by=by,
            now=datetime.now(UTC),
        )

    if saved(request, form, save):
        messages.success(request, _("Согласие записано."))
        return redirect("person", number)
    title = _("Согласие: {channel}, {address}").format(
        channel=channel_word(row.channel), address=row.value
    )
    return person_form(request, person, form, title=title)


@allowed(Right.EDIT_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: StaffRequest, number: int, address: int) -> HttpResponse:
    """Forget an address after asking."""
    person = person_for(request, number)
    row = _own(number, address)
    form = forms.Form(request.POST or None)
    form.is_bound = request.method == "POST"

    def save(seen: str) -> None:
        by = actor_of(request)
        addresses.remove_address(number, address, seen=seen, by=by, now=datetime.now(UTC))

    if saved(request, form, save):
        messages.success(request, _("Адрес удалён."))
        return redirect("person", number)
    title = _("Удалить адрес {address}?").format(address=row.value)
    note = _(
        "Школа забудет адрес и согласие на него. Отправленное останется в отчётах. Если адрес"
        " временно не нужен, его можно закрыть."
    )
    return person_form(request, person, form, title=title, note=note, danger=_("Удалить"))


@allowed(Right.EDIT_PEOPLE)
@require_POST
def act(request: StaffRequest, number: int, address: int, what: str) -> HttpResponse:
    """Put an address first, take a consent back, close it or open it again."""
    person_for(request, number)
    if what not in ACTS:
        raise Http404

    def press(seen: str) -> None:
        ACTS[what](number, address, seen=seen, by=actor_of(request), now=datetime.now(UTC))

    return pressed(request, number, press)


def _kept(request: StaffRequest, form: forms.Form, save: Callable[[str], object]) -> bool:
    """As `saved`, with a word for an address that is there already."""
    try:
        return saved(request, form, save)
    except AddressTaken:
        form.add_error("value", _("Этот адрес у человека уже записан."))
        return False


def _own(number: int, address: int) -> Address:
    row = Address.objects.filter(pk=address, guardian=number).first()
    if row is None:
        raise Http404
    return row


urlpatterns = [
    path("<int:number>/addresses/new/", new, name="address-new"),
    path("<int:number>/addresses/<int:address>/", change, name="address"),
    path("<int:number>/addresses/<int:address>/consent/", consent, name="address-consent"),
    path("<int:number>/addresses/<int:address>/remove/", remove, name="address-remove"),
    path("<int:number>/addresses/<int:address>/<slug:what>/", act, name="address-act"),
]
