"""Groups to tick in a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from broadcaster.store.models import Group


class TickedGroups(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """A number that no group can have is refused like one that none has."""

    def clean(self, value: Any) -> QuerySet[Group]:
        """The groups that were ticked; raises ValidationError."""
        try:
            return super().clean(value)
        except OverflowError as error:  # SQLite has no such numbers
            words = self.error_messages["invalid_choice"]
            about = {"value": "…"}
            raise ValidationError(words, code="invalid_choice", params=about) from error
