"""What somebody fills in to come in and to look after her own account."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.models import User

from broadcaster.i18n import _
from broadcaster.services.staff import account_for
from broadcaster.store.models import Staff

CURRENT = {"autocomplete": "current-password"}


class SignInForm(AuthenticationForm):
    """A login or an e-mail address, in whatever letters, and a password."""

    error_messages = {
        "invalid_login": _(
            "Логин и пароль не подходят друг к другу. Проверьте раскладку и Caps Lock."
        ),
        "inactive": _("Эта учётная запись закрыта. Откроет её администратор школы."),
        "stranger": _("У этой учётной записи нет роли в школе. Её даёт администратор."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Логин или электронная почта")
        self.fields["password"].label = _("Пароль")

    def clean_username(self) -> str:
        """The login of the account that is meant; what was typed when there is none."""
        typed = str(self.cleaned_data["username"])
        account = account_for(typed)
        return account.get_username() if account else typed

    def confirm_login_allowed(self, user: User) -> None:
        """Refuse closed accounts, and those that are nobody's here."""
        super().confirm_login_allowed(user)
        if not Staff.objects.filter(user=user.pk).exists():
            raise forms.ValidationError(self.error_messages["stranger"], code="stranger")


class OwnPasswordForm(PasswordChangeForm):
    """The old password and a new one, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Прежний пароль")
        _name_new(self.fields)


class FirstPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """A password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_new(self.fields)


def _name_new(fields: dict[str, forms.Field]) -> None:
    fields["new_password1"].label = _("Новый пароль")
    fields["new_password1"].help_text = _(
        "Не короче десяти знаков, не одни цифры и не похож на имя или почту. Удобнее всего "
        "запомнить три-четыре случайных слова."
    )
    fields["new_password2"].label = _("Новый пароль ещё раз")
    fields["new_password2"].help_text = ""


class ForgottenForm(forms.Form):
    """Who has forgotten the password."""

    login = forms.CharField(
        label=_("Логин или электронная почта"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
    )


class CodeForm(forms.Form):
    """Six digits of the telephone, or one of the codes on paper."""

    code = forms.CharField(
        label=_("Код"),
        max_length=32,
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )

    def clean_code(self) -> str:
        """The code without the spaces and hyphens that help to read it."""
        return re.sub(r"[\s-]", "", str(self.cleaned_data["code"])).lower()


class _Trusted(forms.Form):
    """What only the owner of the account knows."""

    password = forms.CharField(
        label=_("Ваш пароль"), strip=False, max_length=4096, widget=forms.PasswordInput(CURRENT)
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{type(self).__name__.lower()}_%s")
        self._user = user

    def clean_password(self) -> str:
        """The password; an error when it is not the account's."""
        password = str(self.cleaned_data["password"])
        if not self._user.check_password(password):
            raise forms.ValidationError(_("Пароль не тот."))
        return password


class EnrolForm(_Trusted):
    """Leave to set up the second factor."""


class DropForm(_Trusted, CodeForm):
    """Leave to switch the second factor off."""

    field_order = ["password", "code"]

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(user, data)
        self.fields["code"].widget.attrs.pop("autofocus", None)
