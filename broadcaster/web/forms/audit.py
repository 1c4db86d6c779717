"""What is looked for in the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from broadcaster.audit_words import ACTIONS, ACTORS, SUBJECTS
from broadcaster.i18n import _
from broadcaster.store.models import ApiToken, Staff
from broadcaster.store.queries.audit import Wanted

ANYBODY = ("", _("кто угодно"))


class AuditSearch(forms.Form):
    """Who did what, to what and when; everything may be left empty."""

    who = forms.ChoiceField(label=_("Кто"), required=False)
    action = forms.ChoiceField(label=_("Что"), required=False)
    kind = forms.ChoiceField(label=_("С чем"), required=False)
    subject = forms.CharField(label=_("Номер или его начало"), required=False, max_length=64)
    since = forms.DateField(
        label=_("С какого дня"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=_("По какой день"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, use_required_attribute=False)
        fields: Any = self.fields
        fields["who"].choices = [ANYBODY, *_actors()]
        fields["action"].choices = [("", _("что угодно")), *ACTIONS.items()]
        subjects = [(kind, words) for kind, words in SUBJECTS.items() if kind]
        fields["kind"].choices = [("", _("с чем угодно")), *subjects]

    def wanted(self, zone: ZoneInfo) -> Wanted:
        """What the filled-in form asks for; everything when it makes no sense."""
        if not self.is_valid():
            return Wanted()
        given = self.cleaned_data
        kind, _colon, who = given["who"].partition(":")
        return Wanted(
            user=int(who) if kind == "user" else None,
            actor=who if kind == "name" else "",
            action=given["action"],
            kind=given["kind"],
            subject=given["subject"].replace("\x00", ""),
            since=_midnight(given["since"], zone),
            until=_midnight(given["until"], zone, later=1),
        )


def _actors() -> Iterator[tuple[str, str]]:
    """Everybody who may have done something, with the value that finds it."""
    staff = Staff.objects.order_by("name").values_list("user_id", "name")
    programs = ApiToken.objects.order_by("name").values_list("name", flat=True).distinct()
    yield from ((f"user:{user}", name) for user, name in staff)
    named = chain(((name, name) for name in programs), ACTORS.items())
    yield from ((f"name:{name}", words) for name, words in named)


def _midnight(day: date | None, zone: ZoneInfo, *, later: int = 0) -> datetime | None:
    """When a day begins at the school, or so many days later."""
    if day is None:
        return None
    try:
        return datetime.combine(day + timedelta(days=later), time(), tzinfo=zone)
    except OverflowError:
        return None
