from __future__ import annotations

import pytest

from broadcaster.rendering.markdown import parse
from broadcaster.rendering.telegram import telegram


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("**a** *b* ~~c~~ `d`", "<b>a</b> <i>b</i> <s>c</s> <code>d</code>"),
        ("## Заголовок", "<b>Заголовок</b>"),
        ("* раз\n* два", "• раз\n• два"),
        ("> раз\n> *два*", "<blockquote>раз\n<i>два</i></blockquote>"),
        ("```html\n<b>\n```", "<pre>&lt;b&gt;</pre>"),
        ("[a](https://x.ru/?a=1&b=2)", '<a href="https://x.ru/?a=1&amp;b=2">a</a>'),
        ("![a](https://x.ru/a.png)", '<a href="https://x.ru/a.png">a</a>'),
        ("[a](mailto:a@b.ru)", "a (a@b.ru)"),
        ("[+7 900](tel:+7900)", "+7 900"),
        ("|А|Б|\n|-|-|\n|1|2|", "<b>А — Б</b>\n• 1 — 2"),
        ("a\n\n---", "a\n\n———"),
        ('<u>2 < 3 & "4"</u>', "&lt;u&gt;2 &lt; 3 &amp; &quot;4&quot;&lt;/u&gt;"),
    ],
)
def test_markdown_becomes_what_telegram_knows(body, html):
    assert telegram(parse(body)) == html
