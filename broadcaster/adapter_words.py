"""What adapters and their libraries say in English, said again in the school's language.

An adapter knows nothing of languages. What is not in the table are a platform's own words: they are
shown as they came.
"""

from __future__ import annotations

import os
import re

from broadcaster.foreign_words import SYSTEM
from broadcaster.i18n import _

SENTENCES = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"the channel is held back; .*", _("канал придержан, спросите позже")),
        (
            r"Telegram refuses the token: .*",
            _("Telegram не принимает ключ: возьмите действующий у @BotFather"),
        ),
        (
            r"no connection to the Bot API \((?P<rest>.+)\): .*",
            _("нет связи с api.telegram.org ({rest}): проверьте сеть или задайте прокси"),
        ),
        (r"the channel is not open", _("канал не открыт")),
        (r"message text is empty", _("текст пуст")),
        (r"the answer could not be read", _("непонятный ответ")),
        (r"an answer without an end", _("ответ без конца")),
        (r"an answer (?:about the upload )?that nobody understands", _("непонятный ответ")),
        (r"an answer that names no (?:message|post)", _("ответ без номера сообщения")),
        (r"an unknown kind of error|no response", _("непонятный ответ")),
        (r"no answer for this peer", _("об этом получателе платформа не сказала ничего")),
        (r"the community's token: (?P<rest>.+)", _("ключ сообщества: {rest}")),
        (r"the administrator's token: (?P<rest>.+)", _("ключ администратора: {rest}")),
        (
            r"the community's token lacks the rights: (?P<rest>.+)",
            _("у ключа сообщества нет прав: {rest}"),
        ),
        (
            r"photos on a wall need .+",
            _("для фото на стене нужен ключ администратора сообщества, а он не задан"),
        ),
        (r"a wall has no buttons .+", _("на стене не бывает кнопок, о нажатии которых мы узнаем")),
        (r"22 the file cannot be read here: (?P<rest>.+)", _("файл не читается: {rest}")),
        (r"22 the upload server .+", _("сервер файлов не принял вложение")),
        (r"the connection was lost before .+", _("связь оборвалась раньше, чем письмо ушло")),
        (r"the connection was lost after .+", _("связь оборвалась раньше, чем пришёл ответ")),
        (
            r"the server ends every connection .+",
            _("сервер обрывает каждое соединение раньше, чем примет письмо"),
        ),
        (r"the server's certificate is not trusted", _("сертификату сервера нельзя доверять")),
        (r"ca_file cannot be used: (?P<rest>.+)", _("ca_file не подходит: {rest}")),
        (
            r"Error connecting to (?P<server>\S+) on port (?P<port>\d+): .*",
            _("нет связи с {server}, порт {port}"),
        ),
        (
            r"Timed out connecting to (?P<server>\S+) on port (?P<port>\d+)",
            _("{server}, порт {port}, не отвечает"),
        ),
        (r"Timed out .+", _("сервер не отвечает")),
        (r"a public site carries nothing personal", _("на открытом сайте личному не место")),
        (r"an attachment is over 100 MB", _("вложение больше 100 МБ")),
        (
            r"the folder (?P<folder>.+) cannot be written: (?P<rest>.+)",
            _("в папку {folder} нельзя писать: {rest}"),
        ),
        (
            r"public_url must be absolute, .*",
            _("адрес public_url нужен целиком, например https://school.example/news/"),
        ),
        (
            r"public_url should begin with https://",
            _("адресу public_url лучше начинаться с https://"),
        ),
        (r"title must not be empty", _("задайте название сайта: title")),
        *((re.escape(os.strerror(number)), words) for number, words in SYSTEM.items()),
    )
)


def adapter_words(said: str) -> str:
    """An adapter's words on what is wrong, in the school's language as far as they are its own."""
    for pattern, words in SENTENCES:
        if found := pattern.fullmatch(said):
            parts = {name: adapter_words(part) for name, part in found.groupdict().items()}
            return words.format(**parts)
    return said
