"""The site as it is served to everybody."""

from __future__ import annotations

from contextlib import closing
from http import HTTPStatus
from pathlib import Path

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from tests.channels.site_stage import attachment, content, page, put_up, site

pytestmark = pytest.mark.django_db
"""Closing a file looks after connections, whatever the test before has left open."""

GUID = "0b3f9a52-6f0e-4c51-9f3a-2c1c52a1d001"
SECRET = "nobody may read this"


@pytest.fixture
def folder(tmp_path: Path, settings: object) -> Path:
    settings.SITE_FOLDER = tmp_path / "home" / "site"  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = "broadcaster.web.site"  # type: ignore[attr-defined]
    return tmp_path / "home" / "site"


@pytest.fixture
def published(folder: Path) -> Path:
    names = ("план.pdf", "ёлка.png", "смета.docx", "page.html")
    files = [attachment(folder.parent / "f", name, name.encode()) for name in names]
    put_up(site(folder), content("Ёлка", guid=GUID, files=files), "3b")
    return folder


def body(response: HttpResponseBase) -> bytes:
    with closing(response):
        return response.getvalue()  # type: ignore[attr-defined, no-any-return]


def url(folder: Path, name: str) -> str:
    [file] = folder.glob(f"files/*/{name}")
    return f"/{file.relative_to(folder)}"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        (f"/a/{GUID}.html", "text/html; charset=utf-8"),
        ("/s/3b/", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/feed.rss", "application/rss+xml; charset=utf-8"),
        ("/s/3b/feed.atom", "application/atom+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json"),
    ],
)
def test_everything_has_its_type(client: Client, published: Path, path: str, kind: str) -> None:
    response = client.get(path)
    assert response.status_code == HTTPStatus.OK
    assert response["Content-Type"] == kind
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=60"


def test_what_is_served_is_the_file(client: Client, published: Path) -> None:
    assert body(client.get("/feed.rss")) == (published / "feed.rss").read_bytes()


@pytest.mark.parametrize("path", ["/feed.rss", "/feed.json", "/", f"/a/{GUID}.html"])
def test_a_reader_that_has_it_is_told_so(client: Client, published: Path, path: str) -> None:
    first = client.get(path)
    assert not first["ETag"].startswith("W/")
    for header in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        again = client.get(path, headers=header)
        assert again.status_code == HTTPStatus.NOT_MODIFIED
        assert again["ETag"] == first["ETag"]
        assert not body(again)


def test_a_reader_that_has_an_old_one_gets_the_new(client: Client, published: Path) -> None:
    old = client.get("/feed.rss")["ETag"]
    put_up(site(published), content("Каникулы"), after=1)
    response = client.get("/feed.rss", headers={"If-None-Match": old})
    assert response.status_code == HTTPStatus.OK
    assert "Каникулы" in body(response).decode()


def test_a_repeat_leaves_the_etag_as_it_was(client: Client, published: Path) -> None:
    put_up(site(published), content("Каникулы", guid="holidays"), after=1)
    before = client.get("/feed.rss")["ETag"]
    put_up(site(published), content("Каникулы", guid="holidays"), after=9)
    assert client.get("/feed.rss")["ETag"] == before


def test_head_has_the_headers_of_get_and_no_body(client: Client, published: Path) -> None:
    got, asked = client.get("/feed.rss"), client.head("/feed.rss")
    assert asked.status_code == HTTPStatus.OK
    assert dict(asked.items()) == dict(got.items())
    assert int(asked["Content-Length"]) == len(body(got))
    assert not body(asked)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nothing_can_be_changed(client: Client, published: Path, method: str) -> None:
    assert getattr(client, method)("/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_a_document_is_shown_and_may_be_kept_an_hour(client: Client, published: Path) -> None:
    response = client.get(url(published, "план.pdf"))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline")
    assert response["Cache-Control"] == "public, max-age=3600"
    assert body(response) == "план.pdf".encode()


@pytest.mark.parametrize("name", ["смета.docx", "page.bin"])
def test_a_file_that_browsers_do_not_show_is_downloaded(
    client: Client, published: Path, name: str
) -> None:
    with closing(client.get(url(published, name))) as response:
        assert response["Content-Disposition"].startswith("attachment")


def test_a_page_among_the_files_is_never_shown_as_a_page(client: Client, published: Path) -> None:
    foreign = published / "files" / "evil.html"
    foreign.write_text("<script>")
    with closing(client.get("/files/evil.html")) as response:
        assert response["Content-Disposition"].startswith("attachment")


def test_pages_may_load_nothing_foreign_and_run_nothing(client: Client, published: Path) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "'unsafe" not in policy


def test_only_the_frame_may_be_embedded_elsewhere(client: Client, published: Path) -> None:
    frame, page = client.get("/embed.html"), client.get("/")
    assert frame["Content-Security-Policy"].endswith("frame-ancestors *")
    assert not frame.has_header("X-Frame-Options")
    assert page["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert page["X-Frame-Options"] == "DENY"


def test_scripts_of_other_sites_may_read_the_feeds(client: Client, published: Path) -> None:
    assert client.get("/feed.json")["Access-Control-Allow-Origin"] == "*"
    assert not client.get("/").has_header("Access-Control-Allow-Origin")


@pytest.mark.parametrize("path", ["/", "/index.html"])
def test_an_empty_site_says_so_kindly(client: Client, folder: Path, path: str) -> None:
    response = client.get(path)
    assert response.status_code == HTTPStatus.OK
    assert "Объявлений пока нет" in body(response).decode()


@pytest.mark.parametrize("path", ["/nothing.html", "/a/", "/feed.rss/", "/s/1a", "/a/ы"])
def test_a_page_that_is_not_there_says_so_in_russian(
    client: Client, published: Path, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "Такой страницы нет" in body(response).decode()
    assert '<a href="/">' in body(response).decode()


def test_a_folder_without_its_slash_is_redirected(client: Client, published: Path) -> None:
    response = client.get("/s/3b")
    assert response.status_code == HTTPStatus.MOVED_PERMANENTLY
    assert response["Location"] == "/s/3b/"


@pytest.mark.parametrize(
    "path",
    [
        f"/items/{GUID}.json",
        f"/ITEMS/{GUID}.json",
        f"//items/{GUID}.json",
        f"/a/../items/{GUID}.json",
        "/.lock",
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/a/..%5c..%5csecret.txt",
        "/link.txt",
        "/feed.rss%00",
        "/" + "a" * 5000,
    ],
)
def test_what_is_not_published_cannot_be_reached(
    client: Client, published: Path, path: str
) -> None:
    (published.parent / "secret.txt").write_text(SECRET)
    (published / "link.txt").symlink_to(published.parent / "secret.txt")
    assert client.get(path).status_code == HTTPStatus.NOT_FOUND


@trials(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    parts=st.lists(
        st.sampled_from(["..", ".", "", "a", "s", "3b", "items", "\\", "secret.txt", "%2e%2e", "~"])
        | st.text(max_size=6),
        max_size=7,
    )
)
def test_no_path_leads_out_of_the_site(client: Client, published: Path, parts: list[str]) -> None:
    (published.parent / "secret.txt").write_text(SECRET)
    path = "/".join(parts).encode("utf-8", "surrogatepass").decode("latin-1")
    response = client.generic("GET", "/site", PATH_INFO="/" + path)
    assert SECRET.encode() not in body(response)
    assert b'"guid"' not in body(response)


def test_the_page_says_the_same_as_the_file(client: Client, published: Path) -> None:
    shown = body(client.get(f"/a/{GUID}.html")).decode()
    assert shown == page(site(published), f"a/{GUID}.html")


def test_everybody_may_read_without_logging_in() -> None:
    from broadcaster.web.site import serve_site

    assert serve_site.login_required is False  # type: ignore[attr-defined]
