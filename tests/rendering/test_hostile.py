"""What an enemy of the families might write, on every channel."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.rendering.splitting import MAX_ENTITIES
from broadcaster.sandbox.telegram.markup import formatted
from tests.rendering.samples import (
    LOOKS,
    MAIL,
    PERSON,
    SITE,
    TELEGRAM,
    VK,
    attachment,
    rendered,
    shown,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- <b> -->",
    "<b>не закрыт <i>и этот",
    "</div></main></body><script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "[x](//evil.example)",
    '[x](https://x.ru/"onmouseover="alert(1))',
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    '![" onerror="alert(1)](https://x.ru/a.png "\' onload=alert(1)")',
    "`<script>`",
    "```<script>\n<script>alert(1)</script>\n```",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{% import os %}{# x #}",
    "счёт\u202e\u2066на имя\u2069",
    "\x00\x01\x1b[31m\ufdd0\ufdd2",
    "<style>*{display:none}</style>",
    "<a href='tg://user?id=1'>x</a>",
    "[x](file:///etc/passwd) <file:///etc/passwd> ![x](file:///proc/self/environ)",
    "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    "<data:text/html,x> [x](DATA:text/html,x) [x](blob:x) [x](tg://resolve?domain=x)",
    "[x](java&#x09;script:alert(1)) [x](java&NewLine;script:alert&lpar;1&rpar;)",
    "[x](&#x6A&#x61&#x76&#x61script&colon;alert(1))",
    "[x](\u202ehttps://x.ru/) [x](https://x.ru/\u202efdp.exe) https://x.ru/\u202e\u2066a",
    "[сч\u200bёт](https://x.ru/\u2060a) \u00adа\ufeffб",
    "[x]: javascript:alert(1)\n[x]\n\n[x][x]",
    "&#0; &#x1b;[31m &#x202e; &#xfdd0; &#xd800; &ZeroWidthSpace;",
]
TEXT_TAGS = {"p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre"}
TEXT_TAGS |= {"table", "thead", "tbody", "tr", "th", "td", "a", "strong", "em", "s", "code"}
PAGE_TAGS = {"html", "head", "meta", "title", "style", "body", "div", "main", "h1", "footer"}
MARKDOWN = st.text(
    st.sampled_from("абв*_~`[]()<>!#|-+:.\\&;\n \t\"'{}=/@1") | st.characters(codec=None),
    max_size=120,
)
PIECES = st.lists(MARKDOWN | st.sampled_from(HOSTILE), min_size=1, max_size=6).map("\n".join)


class Reader(HTMLParser):
    """Reads HTML as a browser does and collects what could do harm."""

    def __init__(self):
        super().__init__()
        self.harm = []

    def handle_starttag(self, tag, attrs):
        if tag not in TEXT_TAGS | PAGE_TAGS:
            self.harm.append(tag)
        for name, value in attrs:
            address = name == "href" and not (value or "").lower().startswith(
                ("http://", "https://", "mailto:", "tel:")
            )
            if address or name.startswith("on") or name in {"src", "srcset", "action"}:
                self.harm.append((tag, name, value))

    def handle_comment(self, data):
        self.harm.append(data)


def harm(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader.harm


@pytest.mark.parametrize("body", HOSTILE)
@pytest.mark.parametrize("look", [MAIL, SITE], ids=lambda look: look.name)
def test_a_hostile_body_is_harmless_html(look, body):
    assert harm(rendered(look, body).html.fill(PERSON)) == []


@pytest.mark.parametrize("body", HOSTILE)
def test_a_hostile_body_is_what_telegram_takes_and_links_nowhere(body):
    for text in rendered(TELEGRAM, body).texts:
        told = formatted(text.fill(PERSON), "html")
        assert "script:" not in "".join(told.html.split('href="')[1:])
        assert harm(told.html.replace("<b>", "").replace("<i>", "")) == []


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("body", HOSTILE)
def test_no_hidden_or_turning_character_gets_through(look, body):
    text = shown(look, body)
    assert not set(text) & set("\x00\x01\x1b\u202e\u2066\u2069\ufdd0\ufdd2")


def test_html_is_shown_as_it_was_written():
    assert "<script>alert(1)</script>" in shown(VK, "<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown(MAIL, "<script>alert(1)</script>")


def test_a_link_that_may_not_be_is_shown_as_it_was_written():
    assert "[счёт](javascript:alert(1))" in shown(VK, "[счёт](javascript:alert(1))")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize("body", ["{{ 7*7 }}", "{{ ''.__class__ }}", "{{ announcement.body }}"])
def test_the_authors_text_is_never_run_as_a_template(look, body):
    with pytest.raises(BodyMistake):
        rendered(look, body)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_statements_of_a_template_are_words(look):
    assert "{% import os %}" in shown(look, "{% import os %}")


@settings(max_examples=75, deadline=None)
@given(PIECES)
def test_any_text_is_a_mistake_or_harmless_html(body):
    for look in (MAIL, SITE):
        try:
            page = rendered(look, body).html.fill(PERSON)
        except BodyMistake:
            continue
        assert harm(page) == []


@settings(max_examples=75, deadline=None)
@given(PIECES, st.integers(1, 60), st.sampled_from([(), (attachment(),)]))
def test_any_text_is_a_mistake_or_what_telegram_takes(body, times, files):
    traits = TELEGRAM.traits
    try:
        texts = rendered(TELEGRAM, body * times, files=files).texts
    except BodyMistake:
        return
    for number, text in enumerate(texts):
        filled = text.fill(PERSON)
        limit = traits.max_caption if files and number == 0 else traits.max_text
        assert 0 < formatted(filled, "html").units <= limit
        assert sum(filled.count(f"<{tag}") for tag in "bisacp") <= MAX_ENTITIES


@settings(max_examples=75, deadline=None)
@given(PIECES, st.integers(1, 100))
def test_any_text_is_a_mistake_or_what_vk_takes(body, times):
    try:
        texts = rendered(VK, body * times).texts
    except BodyMistake:
        return
    assert texts
    for text in texts:
        filled = text.fill(PERSON)
        assert filled.strip() == filled
        assert 0 < len(filled.encode("utf-16-le")) // 2 <= VK.traits.max_text
