"""What `serve` tells the web of the world around it."""

from __future__ import annotations

import pytest

from broadcaster.cli.surroundings import surroundings

HTTPS = "https://news.school.example/"
TOLD = {
    "BROADCASTER_HTTPS": "1",
    "BROADCASTER_HTTPS_HOST": "news.school.example",
    "BROADCASTER_BEHIND_PROXY": "1",
}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_with_https_the_proxy_in_front_is_believed(host: str) -> None:
    assert surroundings(host, HTTPS, {}).items() >= TOLD.items()


@pytest.mark.parametrize("url", ["", "http://news.school.example/"])
def test_without_https_nothing_is_asked_for(url: str) -> None:
    assert set(surroundings("127.0.0.1", url, {})) == {"BROADCASTER_HOSTS"}


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.5", "school.example"])
def test_a_server_that_anybody_reaches_believes_nobody(host: str) -> None:
    assert set(surroundings(host, HTTPS, {})) == {"BROADCASTER_HOSTS"}


def test_unless_it_is_told_to() -> None:
    told = surroundings("0.0.0.0", HTTPS, {"BROADCASTER_BEHIND_PROXY": "1"})
    assert told.items() >= TOLD.items()


def test_what_is_given_stays() -> None:
    given = {"BROADCASTER_HTTPS": "0", "BROADCASTER_HOSTS": "own.example"}
    told = surroundings("127.0.0.1", HTTPS, given)
    assert (told["BROADCASTER_HTTPS"], told["BROADCASTER_HOSTS"]) == ("0", "own.example")


def test_the_web_answers_to_the_schools_name() -> None:
    names = surroundings("127.0.0.1", HTTPS, {})["BROADCASTER_HOSTS"]
    assert names == "127.0.0.1,localhost,news.school.example"
