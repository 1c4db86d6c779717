"""The first administrator's account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)

from broadcaster.i18n import _


class AdministratorForm(forms.Form):
    """A name that signs, an e-mail address to sign in with, a password."""

    name = forms.CharField(
        label=_("Как вас зовут"),
        max_length=120,
        help_text=_("Так будут подписаны ваши объявления: «Анна Сергеевна, завуч»."),
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Эл. почта"),
        max_length=150,
        help_text=_("По ней вы будете входить."),
        widget=forms.EmailInput({"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Пароль"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("Пароль ещё раз"),
        max_length=500,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_email(self) -> str:
        """Letters of one size, so that signing in does not depend on them."""
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        """A password that is typed alike twice and that nobody would guess."""
        given: dict[str, Any] = super().clean() or {}
        password = given.get("password")
        if password and password != given.get("repeated"):
            self.add_error("repeated", _("Пароли не совпадают."))
        elif password:
            self._refuse_weak(password)
        return given

    def _refuse_weak(self, password: str) -> None:
        given = self.cleaned_data
        email, name = given.get("email", ""), given.get("name", "")
        try:
            validate_password(password, User(username=email, email=email, first_name=name))
        except forms.ValidationError as error:
            self.add_error("password", error)
