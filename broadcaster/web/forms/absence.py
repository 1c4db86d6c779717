"""When somebody is away, and who stands in for her."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django import forms

from broadcaster.approval_words import ABSENCE_MISTAKES
from broadcaster.domain.asking import AbsenceMistake
from broadcaster.i18n import _
from broadcaster.services.absence import Absence, deputies_for
from broadcaster.store.models import Staff

FIELDS = {
    AbsenceMistake.BACKWARDS: "last",
    AbsenceMistake.OVER: "last",
    AbsenceMistake.HERSELF: "deputy",
    AbsenceMistake.CANNOT: "deputy",
}


def _days() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class AbsenceForm(forms.Form):
    """The first day, the last day, the deputy."""

    first = forms.DateField(label=_("Первый день"), widget=_days())
    last = forms.DateField(label=_("Последний день"), widget=_days())
    deputy = forms.ModelChoiceField(
        label=_("Кто замещает"),
        queryset=Staff.objects.none(),
        required=False,
        empty_label=_("никто"),
        help_text=_(
            "Кого в эти дни просить о согласовании. Если никого, спросят остальных завучей и"
            " методистов, а когда нет и их — администраторов."
        ),
    )

    def __init__(self, data: Any, staff: Staff) -> None:
        initial = {"first": staff.away_from, "last": staff.away_until, "deputy": staff.deputy_id}
        super().__init__(data, initial=initial, use_required_attribute=False)
        deputy: Any = self.fields["deputy"]
        deputy.queryset = deputies_for(staff)
        deputy.label_from_instance = attrgetter("name")

    @property
    def absence(self) -> Absence:
        """What the filled-in form says."""
        given = self.cleaned_data
        return Absence(given["first"], given["last"], given["deputy"])

    def complain(self, mistake: AbsenceMistake) -> None:
        """Show at its field why nobody can be away like this."""
        self.add_error(FIELDS[mistake], ABSENCE_MISTAKES[mistake])
