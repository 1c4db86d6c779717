"""What an administrator says of a new webhook."""

from __future__ import annotations

from django import forms

from broadcaster.bootstrap import office
from broadcaster.domain.calls import LONGEST_URL, Event, unsafe_url
from broadcaster.i18n import _
from broadcaster.web.words_of_programs import EVENTS, UNSAFE


class WebhookForm(forms.Form):
    """Where to call, and when."""

    url = forms.CharField(
        label=_("Адрес программы"),
        help_text=_("Например, https://diary.school.example/hooks/announcements"),
        max_length=LONGEST_URL,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    events = forms.MultipleChoiceField(
        label=_("О чём сообщать"),
        choices=[(event.value, words) for event, words in EVENTS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Отметьте хотя бы одно событие.")},
    )

    def clean_url(self) -> str:
        """An address that may be called."""
        url = str(self.cleaned_data["url"]).strip()
        if why := unsafe_url(url, allow_private=office().webhooks.allow_private):
            raise forms.ValidationError(UNSAFE[why])
        return url

    def chosen(self) -> list[Event]:
        """What is to be told."""
        return [Event(name) for name in self.cleaned_data["events"]]
