"""How the local Telegram reads markup and pictures."""

from __future__ import annotations

from typing import Any

import pytest

from broadcaster.sandbox.telegram.markup import formatted
from broadcaster.sandbox.telegram.pictures import size
from broadcaster.sandbox.telegram.refusal import Refusal
from tests.sandbox.telegram_caller import picture


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("я<x>б</x>", 'Unsupported start tag "x" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>a</i>", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("a<b", "Unclosed start tag at byte offset 1"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a =x>a</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_wrong_markup_is_refused_with_the_platforms_words(source: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        formatted(source, "HTML")
    assert str(refused.value) == f"Bad Request: can't parse entities: {words}"


@pytest.mark.parametrize(
    ("source", "text", "html"),
    [
        ("<strong>а</strong><EM>б</EM>", "аб", "<b>а</b><i>б</i>"),
        ("<del>а</del><ins>б</ins>", "аб", "<s>а</s><u>б</u>"),
        ("<b>а</>", "а", "<b>а</b>"),
        ("A & B &amp; C &nbsp; &#1103;&#x44f; &copy", "A & B & C &nbsp; яя &copy", None),
        ("&lt;script&gt;", "<script>", "&lt;script&gt;"),
        (
            '<a href="https://school.example/?a=1&amp;b=2">да</a>',
            "да",
            '<a href="https://school.example/?a=1&amp;b=2" rel="noopener noreferrer">да</a>',
        ),
        ('<a href="javascript:alert(1)">да</a>', "да", "да"),
        ("<a href='https://x.example' >да</a >", "да", None),
        (
            '<span class="tg-spoiler">а</span><tg-spoiler>б</tg-spoiler>',
            "аб",
            '<span class="tg-spoiler">а</span><span class="tg-spoiler">б</span>',
        ),
        ('<tg-emoji emoji-id="5">👍</tg-emoji>', "👍", "👍"),
        ("<blockquote expandable>а</blockquote>", "а", "<blockquote>а</blockquote>"),
        ('<pre><code class="language-py">x</code></pre>', "x", "<pre><code>x</code></pre>"),
        ("\n  а\nб  \n", "а\nб", "а\nб"),
    ],
)
def test_markup_is_shown_as_readers_see_it(source: str, text: str, html: str | None) -> None:
    body = formatted(source, "HTML")
    assert body.text == text
    assert html is None or body.html == html


def test_without_a_parse_mode_tags_are_text() -> None:
    assert formatted("<b>а</b>", "").html == "&lt;b&gt;а&lt;/b&gt;"


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("GIF", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"}),
    ],
)
def test_the_size_of_a_picture_is_read_from_its_file(kind: str, options: dict[str, Any]) -> None:
    assert size(picture(kind, (321, 123), **options)) == (321, 123)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF0000WEBP"])
def test_a_torn_picture_has_no_size(content: bytes) -> None:
    assert size(content) is None
