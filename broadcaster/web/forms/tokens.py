"""What an administrator says of a new token."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms

from broadcaster.bootstrap import office
from broadcaster.domain.scopes import Scope
from broadcaster.i18n import _
from broadcaster.web.words_of_programs import SCOPES


class TokenForm(forms.Form):
    """A name, what the token opens, and how long."""

    name = forms.CharField(
        label=_("Какая программа"),
        help_text=_("Это имя будет в журнале, например «Электронный дневник»."),
        max_length=120,
    )
    scopes = forms.MultipleChoiceField(
        label=_("Что ей можно"),
        choices=[(scope.value, words) for scope, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Отметьте хотя бы одно: без этого ключ ничего не откроет.")},
    )
    last_day = forms.DateField(
        label=_("Действует по (необязательно)"),
        help_text=_("После этого дня ключ перестанет работать. Пусто — бессрочно."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def chosen(self) -> list[Scope]:
        """What the token opens."""
        return [Scope(name) for name in self.cleaned_data["scopes"]]

    def clean_name(self) -> str:
        """A name on one line."""
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_last_day(self) -> Any:
        """The end of that day on the school's clock; None when there is none."""
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        zone = office().school.time_zone
        end = datetime.combine(day, time.max, tzinfo=zone)
        if end <= datetime.now(zone):
            raise forms.ValidationError(_("Этот день уже прошёл."))
        return end
