"""What an adapter says of itself is told in Russian; a platform's own words stay."""

from __future__ import annotations

import pytest

from broadcaster.adapter_words import adapter_words


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("the channel is held back; ask again later", "канал придержан, спросите позже"),
        (
            "no connection to the Bot API (ClientConnectorError): check the network or set a proxy",
            (
                "нет связи с api.telegram.org (ClientConnectorError): проверьте сеть или задайте"
                " прокси"
            ),
        ),
        ("the community's token: no response", "ключ сообщества: непонятный ответ"),
        (
            "the administrator's token: 5 User authorization failed",
            "ключ администратора: 5 User authorization failed",
        ),
        (
            "the community's token lacks the rights: photos, docs",
            "у ключа сообщества нет прав: photos, docs",
        ),
        (
            "Error connecting to mail.school.example on port 465: [Errno 111] Connect call failed",
            "нет связи с mail.school.example, порт 465",
        ),
        (
            "the folder /srv/site cannot be written: Permission denied",
            "в папку /srv/site нельзя писать: нет прав",
        ),
        (
            "22 the file cannot be read here: No such file or directory",
            "файл не читается: нет такого файла или папки",
        ),
    ],
)
def test_an_adapters_words_are_told_in_russian(said: str, told: str) -> None:
    assert adapter_words(said) == told


@pytest.mark.parametrize("said", ["", "535 5.7.8 Authentication failed", "Too Many {Requests}"])
def test_a_platforms_own_words_stay(said: str) -> None:
    assert adapter_words(said) == said


def test_braces_in_what_a_platform_says_do_no_harm() -> None:
    assert adapter_words("the community's token: {0}") == "ключ сообщества: {0}"
