"""Names of files that people send."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadcaster.domain.filenames import LONGEST_NAME, cleaned_name, extension_of, renamed


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("план недели.pdf", "план недели.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Анна\\фото.JPG", "фото.jpg"),
        ("  .hidden.txt", "hidden.txt"),
        ("a\x00b\nc.pdf", "abc.pdf"),
        ("CON.txt", "_CON.txt"),
        ("lpt1.jpg", "_lpt1.jpg"),
        ("что?*<>.pdf", "что.pdf"),
        ("меню  на   неделю.docx", "меню на неделю.docx"),
        ("конец. . .pdf.", "конец.pdf"),
        ("", "file"),
        ("...", "file"),
        (".pdf", "file.pdf"),
        ("/", "file"),
    ],
)
def test_a_name_keeps_its_letters_and_loses_its_tricks(raw: str, clean: str) -> None:
    assert cleaned_name(raw) == clean


def test_marks_that_turn_letters_around_do_not_hide_an_extension() -> None:
    assert extension_of(cleaned_name("фото\u202egpj.exe")) == ".exe"


def test_a_long_name_is_cut_before_its_extension() -> None:
    name = cleaned_name("я" * 500 + ".docx")
    assert len(name) == LONGEST_NAME
    assert name.endswith("я.docx")


def test_a_letter_of_two_characters_becomes_one() -> None:
    assert cleaned_name(unicodedata.normalize("NFD", "йод.pdf")) == "йод.pdf"


def test_another_extension_keeps_the_rest_of_the_name() -> None:
    assert renamed("снимок.из.леса.png", ".jpg") == "снимок.из.леса.jpg"


@given(st.text(max_size=400))
@example("\u202e" * 300 + ".jpg")
@example("a" * 199 + ". .jpg")
@example("con")
@example("a." + "b" * 11)
def test_whatever_comes_a_name_is_fit_for_a_folder(raw: str) -> None:
    name = cleaned_name(raw)
    assert 0 < len(name) <= LONGEST_NAME
    assert not set(name) & set('/\\<>:"|?*\0\n\r\u202e\u200b')
    assert name[0] not in ". -"
    assert name[-1] not in ". "
    assert name.split(".")[0].lower() not in {"con", "nul", "aux", "prn"}


@example("фото.EXE_")
@example("а" * (LONGEST_NAME - 4) + ".ABCDEFGHIJKLMN")
@example("а" * (LONGEST_NAME - 1) + "-б")
@example("е\u200b\u0308")
@given(st.text(max_size=400))
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    once = cleaned_name(raw)
    assert cleaned_name(once) == once


@given(st.text(max_size=400), st.sampled_from([".pdf", ".JPG", ".docx"]))
def test_the_extension_stays(stem: str, extension: str) -> None:
    assert extension_of(cleaned_name(f"{stem}{extension}")) == extension.lower()
