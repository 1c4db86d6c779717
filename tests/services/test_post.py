"""Letters to the school's own people leave through the account of the e-mail channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadcaster.bootstrap import office, post

Settings = Callable[[str], None]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Writes the school's file and lets this process read it."""
    monkeypatch.setenv("BROADCASTER_CONFIG", str(tmp_path / "school.yaml"))

    def write(text: str) -> None:
        (tmp_path / "school.yaml").write_text(text, "utf-8")
        office.cache_clear()

    yield write
    office.cache_clear()


def test_a_school_without_mail_has_no_post(settings: Settings) -> None:
    settings("")
    assert post() is None


def test_the_mail_channel_is_the_post_under_whatever_name(settings: Settings) -> None:
    settings(
        "channels: {letters: {adapter: email, enabled: true, host: localhost,"
        " sender: school@school.example}}"
    )
    found = post()
    assert found is not None
    assert found.channel == "letters"


def test_a_server_that_is_away_is_an_oserror(settings: Settings) -> None:
    settings(
        "channels: {email: {enabled: true, host: 127.0.0.1, port: 1, security: none,"
        " sender: school@school.example}}"
    )
    found = post()
    assert found is not None
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        found.send(["director@school.example"], "Тема", "Текст")
