"""Base64 that was prepared in pieces is the base64 of the whole."""

from __future__ import annotations

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.contract import Wording
from channels.email.body import Body, encoded

SHORT = st.text("aя\n", max_size=5)
"""Around the three bytes that base64 takes at once, where pieces can be too short to begin."""
LONG = st.text(st.characters(exclude_characters="\r"), max_size=200)
"""Line ends have their own tests, with the message around them."""


@st.composite
def wordings(draw: st.DrawFn) -> Wording:
    """Texts with holes, also several in a row and with hardly anything between them."""
    literals = draw(st.lists(SHORT | LONG, min_size=1, max_size=6))
    pieces = [literals[0]]
    for literal in literals[1:]:
        pieces += ("name", literal)
    return Wording(tuple(pieces))


@given(wordings(), SHORT | LONG)
def test_a_filled_body_decodes_to_the_filled_text(wording: Wording, name: str) -> None:
    body = Body(wording).fill({"name": encoded(name)})
    expected = "".join(piece if at % 2 == 0 else name for at, piece in enumerate(wording.pieces))
    assert binascii.a2b_base64(body) == expected.replace("\n", "\r\n").encode("utf-8", "replace")


@given(wordings(), SHORT | LONG)
def test_no_line_is_empty_longer_than_76_columns_or_padded_before_the_end(
    wording: Wording, name: str
) -> None:
    lines = Body(wording).fill({"name": encoded(name)}).split(b"\r\n")
    assert all(0 < len(line) <= 76 for line in lines) or lines == [b""]
    assert not any(line.endswith(b"=") for line in lines[:-1])


def test_a_missing_segment_is_an_error() -> None:
    with pytest.raises(KeyError):
        Body(Wording(("Здравствуйте, ", "name", "!"))).fill({})
