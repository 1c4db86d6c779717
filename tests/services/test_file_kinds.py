"""A file is what its content says, and its name agrees."""

from __future__ import annotations

from io import BytesIO

import pytest

from broadcaster.services.file_kinds import KINDS, NotAttached, kind_of
from tests.files import DOC, MP3, MP4, PDF, archive, document, picture


def kind(name: str, content: bytes) -> str:
    return kind_of(name, BytesIO(content))


def refused(name: str, content: bytes) -> NotAttached:
    with pytest.raises(NotAttached) as caught:
        kind(name, content)
    return caught.value


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("план.pdf", PDF, "application/pdf"),
        ("письмо.doc", DOC, "application/msword"),
        ("песня.mp3", MP3, "audio/mpeg"),
        ("песня.mp3", b"\xff\xfb\x90\x00" + b"\0" * 50, "audio/mpeg"),
        ("фильм.mp4", MP4, "video/mp4"),
        ("заметка.txt", "Завтра в музей".encode(), "text/plain"),
        ("заметка.txt", "Завтра в музей".encode("cp1251"), "text/plain"),
        ("архив.zip", archive("план.pdf", "папка/фото.jpg"), "application/zip"),
        ("письмо.odt", archive("mimetype", "content.xml"), KINDS[".odt"].media_type),
        ("письмо.docx", document(), KINDS[".docx"].media_type),
        ("смета.xlsx", archive("xl/workbook.xml"), KINDS[".xlsx"].media_type),
    ],
)
def test_honest_files_are_known(name: str, content: bytes, media_type: str) -> None:
    assert kind(name, content) == media_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("план.pdf", b"MZ\x90\x00" + PDF),
        ("план.pdf", b"<html>" + PDF),
        ("план.pdf", picture()),
        ("план.pdf", b""),
        ("песня.mp3", b"MZ\x90\x00"),
        ("песня.mp3", b"\xff\xfe\x00"),
        ("фильм.mp4", b"#!/bin/sh\n"),
        ("письмо.doc", b"PK\x03\x04"),
        ("письмо.docx", DOC),
        ("письмо.docx", archive("план.pdf")),
        ("смета.xlsx", document()),
        ("архив.zip", b"PK\x03\x04 and nothing else"),
        ("архив.zip", b"Rar!\x1a\x07"),
        ("заметка.txt", b"<html><script>alert(1)</script>"),
        ("заметка.txt", b"\xef\xbb\xbf  <svg onload=alert(1)>"),
        ("заметка.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("заметка.txt", b"MZ\x90\x00\x03\x00"),
        ("заметка.txt", b"a\x00b"),
    ],
)
def test_a_disguise_is_seen_through(name: str, content: bytes) -> None:
    assert f"«{name}»" in refused(name, content).words


@pytest.mark.parametrize(
    "name",
    ["a.exe", "a.html", "a.svg", "a.js", "a.bat", "a.apk", "a.lnk", "a.docm", "фото.jpg.exe"],
)
def test_what_could_run_is_refused_whatever_is_inside(name: str) -> None:
    said = refused(name, PDF)
    assert "программа или веб-страница" in said.words
    assert said.hint


@pytest.mark.parametrize("name", ["снимок.heic", "скан.tiff", "рисунок.bmp"])
def test_a_picture_that_few_can_open_is_to_be_saved_anew(name: str) -> None:
    assert "JPEG" in refused(name, b"").hint


@pytest.mark.parametrize("name", ["файл", "a.xyz", "a.rar", "a.7z"])
def test_what_we_do_not_know_is_refused_with_what_would_do(name: str) -> None:
    assert "PDF" in refused(name, PDF).hint


def test_macros_are_found_under_an_innocent_name() -> None:
    assert "макросы" in refused("письмо.docx", document("word/vbaProject.bin")).words


def test_a_program_in_an_archive_is_found() -> None:
    said = refused("архив.zip", archive("фото.jpg", "игра/setup.EXE"))
    assert "setup.EXE" in said.hint


def test_an_archive_with_an_endless_table_of_contents_is_not_read() -> None:
    content = bytearray(archive("a.txt"))
    end = content.rfind(b"PK\x05\x06")
    content[end + 12 : end + 16] = (50_000_000).to_bytes(4, "little")
    assert "повреждён" in refused("архив.zip", bytes(content)).words


def test_an_archive_that_hides_its_true_table_is_not_read() -> None:
    content = archive("a.txt")
    end = content.rfind(b"PK\x05\x06")
    locator = b"PK\x06\x07" + b"\0" * 16
    assert "повреждён" in refused("a.zip", content[:end] + locator + content[end:]).words


def test_the_file_is_rewound_for_whoever_reads_next() -> None:
    file = BytesIO(archive("a.txt"))
    kind_of("a.zip", file)
    assert file.tell() == 0
