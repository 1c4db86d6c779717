"""Pictures are made anew: nothing but the picture leaves the school."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from broadcaster.services import pictures
from broadcaster.services.pictures import NoPicture, Picture, remade, small_of
from tests.files import film, from_a_telephone, picture


def made(content: bytes) -> Picture:
    return remade(BytesIO(content))


def seen(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def test_where_a_photo_was_taken_stays_in_the_school() -> None:
    before, after = from_a_telephone(), made(from_a_telephone()).content
    assert seen(before).getexif()
    assert not seen(after).getexif()
    assert b"Exif" not in after
    assert b"class 1A" not in after


def test_a_photo_that_lay_on_its_side_stands_upright() -> None:
    assert seen(from_a_telephone()).size == (60, 40)
    assert seen(made(from_a_telephone()).content).size == (40, 60)


def test_the_small_one_tells_nothing_either() -> None:
    small = made(from_a_telephone()).small
    assert not seen(small).getexif()
    assert seen(small).size == (40, 60)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_stays_what_it_was(form: str) -> None:
    again = made(picture(form))
    assert seen(again.content).format == form
    assert again.media_type == f"image/{form.lower()}"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_what_hides_behind_a_picture_is_gone(form: str) -> None:
    again = made(picture(form) + b"PK\x03\x04<script>alert(1)</script>")
    assert b"script" not in again.content


@pytest.mark.parametrize("mode", ["L", "1", "CMYK"])
def test_unusual_colours_are_read(mode: str) -> None:
    assert seen(made(picture("JPEG" if mode == "CMYK" else "PNG", mode=mode)).content)


def test_what_can_be_seen_through_stays_so() -> None:
    again = seen(made(picture("PNG", mode="RGBA")).content)
    assert again.convert("RGBA").getpixel((1, 1)) == (200, 30, 30, 0)


def test_words_inside_a_png_are_gone() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "Anna Petrovna")
    assert b"Anna" not in made(picture("PNG", pnginfo=info)).content


def test_a_moving_picture_keeps_moving() -> None:
    again = seen(made(film(3)).content)
    assert (again.n_frames, again.info["duration"]) == (3, 120)  # type: ignore[attr-defined]
    assert "comment" not in again.info


def test_a_film_too_long_becomes_a_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_FRAMES", 2)
    assert seen(made(film(3)).content).n_frames == 1  # type: ignore[attr-defined]


def test_a_huge_photo_is_made_smaller() -> None:
    again = seen(made(picture(size=(5000, 50))).content)
    assert again.size[0] <= pictures.LONGEST_SIDE


def test_the_small_one_is_small() -> None:
    assert max(seen(made(picture(size=(3000, 2000))).small).size) == pictures.SMALL_SIDE


def test_a_small_one_is_made_of_a_file_in_the_store() -> None:
    assert seen(small_of(BytesIO(picture(size=(900, 300))))).size == (480, 160)


@pytest.mark.parametrize("size", [(6000, 6000), (12000, 12000), (60000, 60000)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    bomb = _png_of(size)
    assert len(bomb) < 10_000
    with pytest.raises(NoPicture, match="точек"):
        made(bomb)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"\xff\xd8\xff\xe0",
        picture()[:200],
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"MZ\x90\x00",
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NoPicture):
        made(content)


def test_other_formats_are_not_even_tried() -> None:
    with pytest.raises(NoPicture):
        made(picture("TIFF"))


@given(st.integers(0, 600), st.binary(min_size=1, max_size=40), st.sampled_from(["JPEG", "PNG"]))
def test_a_damaged_picture_is_refused_or_made_anew(place: int, damage: bytes, form: str) -> None:
    content = bytearray(from_a_telephone() if form == "JPEG" else picture("PNG"))
    content[place : place + len(damage)] = damage
    try:
        again = made(bytes(content))
    except NoPicture:
        return
    assert not seen(again.content).getexif()


def _png_of(size: tuple[int, int]) -> bytes:
    """A tiny PNG that claims to be this large."""
    import struct
    import zlib

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
