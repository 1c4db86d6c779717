"""`preview` and `site export`: looking without sending."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.desk import EXAMPLES, Typed

Note = Callable[..., Path]


@pytest.mark.usefixtures("day")
def test_every_configured_channel_is_shown_even_when_it_is_off(typed: Typed) -> None:
    told = typed("preview", EXAMPLES / "important.md", "--json").json
    assert told.keys() == {"telegram", "vk", "email", "site"}
    assert told["telegram"]["attachments"] == ["photo.jpg", "memo.pdf"]


@pytest.mark.usefixtures("day")
def test_one_channel_can_be_chosen(typed: Typed) -> None:
    said = typed("preview", EXAMPLES / "routine.md", "--channel", "vk")
    assert "ВКонтакте" in said.out
    assert "Telegram" not in said.out


@pytest.mark.usefixtures("day")
def test_the_page_is_written(typed: Typed, tmp_path: Path) -> None:
    said = typed("preview", EXAMPLES / "important.md", "--html", tmp_path / "page.html")
    assert said.code == 0
    assert "тонкий лёд" in (tmp_path / "page.html").read_text("utf-8")


@pytest.mark.usefixtures("day")
def test_json_and_a_page_are_made_together(typed: Typed, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    said = typed("preview", EXAMPLES / "important.md", "--html", page, "--json")
    assert said.json
    assert page.exists()


@pytest.mark.usefixtures("day")
def test_a_page_that_cannot_be_written_is_told(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    page = tmp_path / "file" / "page.html"
    said = typed("preview", EXAMPLES / "important.md", "--html", page)
    assert said.code == 3
    assert "не удалось записать" in said.err


@pytest.mark.usefixtures("day")
def test_all_problems_of_a_file_are_told_at_once(typed: Typed, note: Note) -> None:
    said = typed("preview", note("titles: x", "importance: high", title=""), "--json")
    assert (said.code, said.json["error"]) == (3, "draft_refused")
    assert len(said.json["problems"]) == 3


@pytest.mark.usefixtures("day")
def test_a_text_that_cannot_be_rendered_is_json_too(typed: Typed, note: Note) -> None:
    said = typed("preview", note(body="> " * 100 + "ау"), "--json")
    assert (said.code, said.json["error"]) == (3, "rendering")


@pytest.mark.usefixtures("day")
def test_an_unknown_channel_is_told(typed: Typed) -> None:
    said = typed("preview", EXAMPLES / "routine.md", "--channel", "pigeon")
    assert said.code == 3
    assert "«pigeon»" in said.err


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("day")
def test_the_site_is_exported(typed: Typed, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    said = typed("site", "export", folder, "--url", "https://school.example/news/", "--json")
    assert said.json == {"folder": str(folder), "announcements": 0}
    assert (folder / "index.html").exists()


@pytest.mark.usefixtures("day")
def test_a_site_needs_a_whole_address(typed: Typed, tmp_path: Path) -> None:
    said = typed("site", "export", tmp_path / "public", "--url", "school.example")
    assert said.code == 3
    assert "https://school.example/news/" in said.err


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("day")
def test_a_folder_of_somebody_elses_is_left_alone(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "index.html").write_text("Школа № 12", "utf-8")
    said = typed("site", "export", tmp_path / "public", "--url", "https://school.example/")
    told = "папка не пуста, и лежат в ней не прежние страницы программы. Назовите пустую или новую."
    assert (said.code, said.err.strip()) == (3, f"{tmp_path}/public: {told}")


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("day")
def test_a_place_without_a_folder_is_told_in_words(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "public").write_text("", "utf-8")
    said = typed("site", "export", tmp_path / "public", "--url", "https://school.example/")
    told = "не удалось записать: часть пути — не папка"
    assert (said.code, said.err.strip()) == (3, f"{tmp_path}/public: {told}")
