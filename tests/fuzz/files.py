"""Files as hostile people make them: broken, disguised, two kinds at once, small until unpacked."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from hypothesis import strategies as st
from openpyxl import Workbook

from tests import files
from tests.fuzz.hostile import TEXTS
from tests.fuzz.written import CELLS, PEOPLE

PART = "xl/worksheets/sheet1.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">'
    '<!ENTITY d SYSTEM "http://127.0.0.1:9/x">]>'
)


def _sheet(inside: str) -> str:
    return f"<worksheet {_MAIN}><sheetData>{inside}</sheetData></worksheet>"


PARTS = (
    "",
    "<",
    "<a/>",
    _ENTITY + _sheet("<row><c><v>&a;</v></c></row>"),
    _ENTITY + _sheet("<row><c><v>&c;&d;</v></c></row>"),
    _sheet('<row r="1"><c r="A1" t="s"><v>999999</v></c></row>'),
    _sheet('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'),
    _sheet('<row r="1"><c r="A1" t="s"><v>x</v></c></row>'),
    _sheet('<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>'),
    _sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
    _sheet('<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'),
    _sheet('<row r="-5"><c r="A-5"><v>1</v></c></row>'),
    _sheet('<row r="x"><c r="1"><v>1</v></c></row>'),
    _sheet('<row r="1"><c r="A1" t="n"><v>1e400</v></c></row>'),
    _sheet('<row r="1"><c r="A1" t="n"><v>' + "9" * 5000 + "</v></c></row>"),
    _sheet('<row r="1"><c r="A1" t="d"><v>9999-99-99</v></c></row>'),
    _sheet('<row r="1"><c r="A1" s="1"><v>1e18</v></c></row>'),
    _sheet('<row r="1"><c r="A1" s="9999"><v>1</v></c></row>'),
    _sheet('<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>'),
    _sheet('<row r="1"><c r="A1"><f t="shared" si="99"/></c></row>'),
    _sheet('<row r="1"><c r="A1"><f>[1]Лист!A1</f><v>1</v></c></row>'),
    _sheet('<row r="1"><c r="A1"><f>WEBSERVICE("http://127.0.0.1:9/")</f></c></row>'),
    _sheet("<row>" * 3000),
    _sheet('<row r="1"/>' * 3000),
)
"""What somebody may have put into a workbook in place of its sheet."""

RELATION = (
    '<?xml version="1.0"?><Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/worksheet" Target="{}" TargetMode="External"/></Relationships>'
)


def workbook(rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook with these cells."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


HONEST = workbook([PEOPLE.split(";"), ["1А", "Аня", "Анна", 190000001, None, "a@b.example", "vk"]])


def repacked(raw: bytes, name: str, content: bytes) -> bytes:
    """An archive with another content of one part."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as made:
        for part in old.namelist():
            if part != name:
                made.writestr(part, old.read(part))
        made.writestr(name, content)
    return out.getvalue()


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


_VALUES = st.one_of(
    CELLS.map(_plain),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 3, 1), date(9999, 12, 31)),
    st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)),
    st.times().map(lambda at: time(at.hour, at.minute)),
    st.booleans(),
    st.none(),
    st.just("=1+1"),
)
_NAMES = st.sampled_from(
    [
        *(PART, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "[Content_Types].xml"),
        *("xl/_rels/workbook.xml.rels", "_rels/.rels", "xl/externalLinks/externalLink1.xml"),
        *("../../etc/cron.d/x", "/etc/passwd", "xl/worksheets/_rels/sheet1.xml.rels", "a\0b"),
    ]
)
_CONTENTS = st.one_of(
    st.sampled_from(PARTS),
    st.sampled_from(
        [RELATION.format(to) for to in ("http://127.0.0.1:9/", "file:///etc/passwd", "../../x", "")]
    ),
    TEXTS,
)


def _any_of(contents: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of them; hypothesis never writes them all out."""
    return st.integers(0, len(contents) - 1).map(lambda number: contents[number])


def spoilt(raw: bytes) -> st.SearchStrategy[bytes]:
    """The file with a few bytes changed, cut off, or something put in."""
    places = st.integers(0, max(len(raw) - 1, 0))

    def changed(changes: list[tuple[int, bytes]], end: int, tail: bytes) -> bytes:
        made = bytearray(raw)
        for place, value in changes:
            made[place : place + len(value)] = value
        return bytes(made[: len(made) - end]) + tail

    return st.builds(
        changed,
        st.lists(st.tuples(places, st.binary(min_size=1, max_size=4)), max_size=6),
        st.one_of(st.just(0), places),
        st.one_of(st.just(b""), st.binary(max_size=20)),
    )


BOOKS = st.one_of(
    st.builds(
        lambda name, content: repacked(HONEST, name, content.encode("utf-8", "replace")),
        _NAMES,
        _CONTENTS,
    ),
    st.lists(st.lists(_VALUES, min_size=1, max_size=9), max_size=4).map(
        lambda rows: workbook([PEOPLE.split(";"), *rows])
    ),
    spoilt(HONEST),
)


def bomb(size: int = 300_000_000) -> bytes:
    """A workbook that is small and unpacks to so many bytes."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        with made.open(PART, "w", force_zip64=True) as part:
            for _block in range(size // 1_000_000):
                part.write(b" " * 1_000_000)
        made.writestr("xl/workbook.xml", b"<a/>")
    return packed.getvalue()


def png(width: int, height: int, *, chunks: bytes = b"", body: bytes = b"\0") -> bytes:
    """A picture that says it has so many pixels, whatever follows."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(body)
    image = [_chunk(b"IHDR", head), chunks, _chunk(b"IDAT", packed), _chunk(b"IEND", b"")]
    return b"".join([b"\x89PNG\r\n\x1a\n", *image])


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def text_bomb() -> bytes:
    """A picture whose comment unpacks to fifty megabytes."""
    packed = zlib.compress(b"a" * 50_000_000)
    return png(1, 1, chunks=_chunk(b"zTXt", b"Comment\0\0" + packed), body=b"\0\0\0\0")


_PICTURES = (
    files.picture(),
    files.picture("PNG"),
    files.picture("PNG", mode="RGBA"),
    files.picture("GIF", mode="P"),
    files.picture("WEBP"),
    files.picture(mode="CMYK"),
    files.from_a_telephone(),
    files.film(),
)
PICTURES = st.one_of(
    _any_of(_PICTURES).flatmap(spoilt),
    st.builds(png, st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1)),
    st.sampled_from(
        [
            b"<svg xmlns='http://www.w3.org/2000/svg'><image href='http://127.0.0.1:9/'/></svg>",
            *(
                b"BM" + b"\0" * 60,
                b"II*\0" + b"\0" * 60,
                b"%!PS-Adobe-3.0 EPSF-3.0\n",
                b"P6 9 9 255\n",
            ),
            *(png(100_000, 100_000), png(5000, 5000), png(0, 0), b"", b"\xff\xd8\xff", b"GIF89a"),
            *(
                files.picture() + b"PK\x03\x04",
                files.PDF + files.picture(),
                b"RIFF\0\0\0\0WEBPVP8 ",
            ),
        ]
    ),
)

_HEADS = (
    *(
        files.PDF,
        files.DOC,
        files.MP3,
        files.MP4,
        files.document(),
        files.archive("a.txt", "b.exe"),
    ),
    *(b"OggS", b"RIFF\0\0\0\0WAVE", b"MZ\x90\0", b"<html>", b"#!/bin/sh\n", "Завтра".encode(), b""),
    *(b"PK\x05\x06" + b"\0" * 18, b"PK\x03\x04", b"\xff\xfb\x90\0", HONEST),
)


def _archive(names: list[str]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number, name in enumerate(names):
            inner = zipfile.ZipInfo("x")
            inner.filename = f"{number}{name}"
            made.writestr(inner, b"x")
    return out.getvalue()


CONTENTS = st.one_of(
    _any_of(_HEADS).flatmap(spoilt),
    st.builds(lambda one, other: one + other, *[_any_of(_HEADS)] * 2),
    st.lists(TEXTS, min_size=1, max_size=4, unique=True).map(_archive),
    PICTURES,
    st.binary(max_size=300),
)
