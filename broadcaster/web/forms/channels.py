"""How a channel is reached: keys are pasted, tried and kept; no page ever shows one again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from broadcaster.config import ChannelSettings
from broadcaster.config_values import read_value
from broadcaster.contract import Secret
from broadcaster.i18n import _
from broadcaster.web.forms.settings import SettingsForm

TELEGRAM_TOKEN = re.compile(r"\d{3,20}:[\w-]{20,100}")
VK_GROUP = re.compile(r"(?:https?://)?(?:vk\.(?:com|ru)/)?(?:club|public|-)?(\d{1,12})/?")
LONGEST_KEY = 500


class KeyField(forms.CharField):
    """A secret: shown as dots while it is typed, never sent back."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(
            {"autocomplete": "off", "spellcheck": "false"}, render_value=False
        )
        super().__init__(required=False, max_length=LONGEST_KEY, widget=widget, **options)


class ChannelForm(SettingsForm):
    """One channel's way in; `keys` are its secrets, `needed` those it cannot do without."""

    keys: ClassVar[tuple[str, ...]] = ()
    needed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, data: Mapping[str, Any] | None, channel: ChannelSettings) -> None:
        self.block = f"channels.{channel.name}"
        self._known = {name for name in self.keys if _is_set(channel.own.get(name))}
        shown = {name: channel.own.get(name) for name in self.base_fields if name not in self.keys}
        super().__init__(
            data,
            initial=shown,
            auto_id=f"{channel.name}-%s",
            use_required_attribute=False,
        )
        for name in self._known:
            self.fields[name].widget.attrs["placeholder"] = _("ключ сохранён; вставьте новый, "
                "чтобы заменить")  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for a key that is neither given nor kept."""
        given: dict[str, Any] = super().clean() or {}
        for name in self.needed:
            if name not in self.errors and not given.get(name) and name not in self._known:
                self.add_error(name, _("Вставьте ключ."))
        return given

    def missing(self) -> str:
        """What is to be filled in before the channel can be switched on; empty when nothing."""
        wanted = set(self.needed) - self._known
        wanted |= {name for name in ("group_id", "host", "sender") if self.initial.get(name) == ""}
        names = [str(self.fields[name].label) for name in self.fields if name in wanted]
        return _("Сначала заполните: {names}.").format(names=", ".join(names)) if names else ""

    def values(self) -> dict[str, Any]:
        """What the adapter is told, once the form is valid; a key that is kept is not repeated."""
        return {
            name: Secret(value.strip()) if name in self.keys else value
            for name, value in self.cleaned_data.items()
            if name not in self.keys or value
        }

    def changes(self) -> dict[str, Any]:
        """What is kept; what is kept is also switched on."""
        made = {f"{self.block}.{name}": value for name, value in self.values().items()}
        return made | {f"{self.block}.enabled": True}


def _is_set(reference: Any) -> bool:
    """Whether the school's file names a key and there is one."""
    try:
        return bool(read_value(Secret, reference))
    except ValueError:
        return False


class TelegramForm(ChannelForm):
    """A bot."""

    keys = needed = ("token",)

    token = KeyField(
        label=_("Ключ бота"),
        help_text=_(
            "Напишите в Telegram боту @BotFather команду /newbot, назовите бота — в ответ придёт"
            " ключ вида 123456:ABC… Вставьте его целиком."
        ),
    )
    proxy = forms.CharField(
        label=_("Прокси, если без него Telegram не открывается"),
        required=False,
        max_length=200,
        help_text=_("Например, http://proxy.school.example:3128. Обычно не нужен."),
    )

    def clean_token(self) -> str:
        """A key of the form that Telegram gives out."""
        token = str(self.cleaned_data["token"]).strip()
        if token and not TELEGRAM_TOKEN.fullmatch(token):
            words = _("Это не похоже на ключ бота: в нём номер, двоеточие и буквы, без пробелов.")
            raise forms.ValidationError(words)
        return token

    def clean_proxy(self) -> str:
        """No passwords: what is typed here is shown again."""
        proxy = str(self.cleaned_data["proxy"])
        if "@" in proxy:
            words = _("Адрес с паролем здесь не хранят: впишите его в файл настроек сами.")
            raise forms.ValidationError(words)
        return proxy


class VkForm(ChannelForm):
    """A community."""

    keys = ("token", "user_token")
    needed = ("token",)

    group_id = forms.CharField(
        label=_("Сообщество"),
        max_length=60,
        help_text=_("Его номер или адрес: 123456789 или vk.com/club123456789."),
    )
    token = KeyField(
        label=_("Ключ сообщества"),
        help_text=_(
            "В сообществе: Управление → Дополнительно → Работа с API → Создать ключ. Отметьте"
            " сообщения, фотографии, документы и стену."
        ),
    )
    user_token = KeyField(
        label=_("Ключ администратора сообщества"),
        help_text=_("Нужен только для фотографий на стене. Можно оставить пустым."),
    )

    def __init__(self, data: Mapping[str, Any] | None, channel: ChannelSettings) -> None:
        super().__init__(data, channel)
        self.initial["group_id"] = self.initial["group_id"] or ""

    def clean_group_id(self) -> int:
        """The community's number."""
        found = VK_GROUP.fullmatch(str(self.cleaned_data["group_id"]).strip())
        if not found or not int(found[1]):
            words = _("Номера не видно. Он есть в адресе сообщества: vk.com/club123456789.")
            raise forms.ValidationError(words)
        return int(found[1])


class EmailForm(ChannelForm):
    """A mailbox on a server."""

    keys = ("password",)

    sender = forms.EmailField(
        label=_("От кого"),
        max_length=200,
        help_text=_("Адрес, с которого пойдут письма: school@school.example."),
    )
    host = forms.CharField(
        label=_("Почтовый сервер (SMTP)"),
        max_length=200,
        help_text=_("Например, smtp.yandex.ru или smtp.mail.ru."),
    )
    port = forms.IntegerField(label=_("Порт"), min_value=1, max_value=65535)
    security = forms.ChoiceField(
        label=_("Шифрование"),
        choices=[
            ("starttls", _("STARTTLS — обычно порт 587")),
            ("tls", _("TLS с первого байта — обычно порт 465")),
            ("none", _("нет — только внутри школы")),
        ],
    )
    username = forms.CharField(
        label=_("Имя для входа"),
        required=False,
        max_length=200,
        help_text=_("Обычно это сам адрес."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    password = KeyField(
        label=_("Пароль"),
        help_text=_("Большинство почтовых служб просит отдельный «пароль приложения»."),
    )


FORMS: Mapping[str, type[ChannelForm]] = {
    "telegram": TelegramForm,
    "vk": VkForm,
    "email": EmailForm,
}
"""The forms by adapter; a channel without one is set up in the school's file."""


def channel_form(
    channel: ChannelSettings, data: Mapping[str, Any] | None = None
) -> ChannelForm | None:
    """The form of a channel, filled in; None when it has none."""
    made = FORMS.get(channel.adapter)
    return made(data, channel) if made else None
