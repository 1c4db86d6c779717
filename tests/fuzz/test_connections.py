"""Nothing that anybody writes makes the server fetch an address.

Every way in is given addresses of a port of this machine on which somebody listens. Nobody comes,
and no name is looked up. What an administrator names to be connected to is connected to, and only
that, when it is asked for.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from broadcaster.bootstrap import office
from broadcaster.config import Webhooks, read_yaml
from broadcaster.domain.calls import Event
from broadcaster.domain.states import State
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.calling import ask_all
from broadcaster.services.calls import PRIVATE, Call
from broadcaster.services.dispatch import drain
from broadcaster.services.drafting import read_draft
from broadcaster.services.front_matter import DraftRefused
from broadcaster.services.pictures import NoPicture, remade
from broadcaster.services.release import release
from broadcaster.services.webhooks import UnsafeAddress, add_webhook
from broadcaster.store.models import Announcement, Delivery, Guardian, Revision, Webhook
from tests import school
from tests.files import archive, picture
from tests.fuzz.files import HONEST, PARTS, RELATION, repacked, workbook
from tests.fuzz.watching import Ear, listening, watched
from tests.fuzz.written import PEOPLE
from tests.school import NOON
from tests.web.api.desk import diary
from tests.web.desk import Write
from tests.web.staff import administrator

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SETTINGS = """
quiet_hours: {{enabled: false}}
school: {{name: Школа, public_url: "{url}"}}
channels:
  telegram: {{enabled: true}}
  vk: {{enabled: true}}
  email: {{enabled: true, sender: school@example.org}}
  site: {{enabled: true}}
"""
STRICT = Webhooks(allow_private=False, timeout=2.0)


@dataclass
class Watch:
    """Somebody who listens, and what has left this process since the test began."""

    ear: Ear
    seen: list[tuple[str, str]] = field(repr=False)

    @property
    def left(self) -> tuple[list[tuple[str, str]], int]:
        """What has left, and how many have come to the ear."""
        return self.seen, self.ear.calls()


NOTHING: tuple[list[tuple[str, str]], int] = ([], 0)


@pytest.fixture
def watch(own_settings: Write) -> Iterator[Watch]:
    """Watches all that the test does in a school whose own address is that of the ear."""
    with listening() as ear:
        own_settings(SETTINGS.format(url=f"http://127.0.0.1:{ear.port}/news"))
        with watched() as seen:
            yield Watch(ear, seen)


def markdown(urls: list[str]) -> str:
    """An announcement that is full of addresses."""
    lines = [
        f"![картинка]({url}) [ссылка]({url}) <{url}> {url}\n\n"
        f'<img src="{url}"><link rel="stylesheet" href="{url}"><iframe src="{url}"></iframe>\n\n'
        f"[сноска][{number}]\n\n[{number}]: {url}\n"
        for number, url in enumerate(urls)
    ]
    return "\n".join(lines)


def drafted(urls: list[str]) -> UUID:
    """A draft to 1А and its section of the site, with an address in every line."""
    key = school.announcement("1А")
    Revision.objects.filter(announcement=key).update(
        title=urls[0], body=markdown(urls[:12]), more=markdown(urls[12:])
    )
    return key


def test_somebody_who_connects_is_seen(watch: Watch) -> None:
    socket.create_connection(("127.0.0.1", watch.ear.port)).close()
    events = [event for event, _about in watch.seen]
    assert (events, watch.ear.calls()) == (["socket.getaddrinfo", "socket.connect"], 1)


def test_writing_and_looking_at_samples_fetches_nothing(watch: Watch) -> None:
    client, key = administrator(), drafted(watch.ear.urls)
    for name in office().outlets:
        client.get(reverse("preview-page", args=[key, name]))
    for name in ("edit", "previews", "confirm", "announcement"):
        client.get(reverse(name, args=[key]), follow=True)
    said = {"title": watch.ear.urls[1], "body": markdown(watch.ear.urls), "version": "0"}
    client.post(reverse("edit", args=[key]), said, follow=True)
    assert watch.left == NOTHING


@pytest.mark.django_db(transaction=True)
def test_publishing_on_the_site_fetches_nothing(watch: Watch) -> None:
    for number in range(0, len(watch.ear.urls), 8):
        urls = watch.ear.urls[number : number + 8]
        key = school.announcement("1А", title=urls[0], body=markdown(urls))
        school.destination("site", f"s{number}", of=f"Г{number}")
        Announcement.objects.get(pk=key).groups.set([school.group(f"Г{number}")])
        release(office(), key, now=NOON)
    asyncio.run(drain(office(), "site"))
    states = set(Delivery.objects.filter(channel="site").values_list("state", flat=True))
    for page in ("/site/", "/site/feed.rss", "/site/feed.atom", "/site/feed.json"):
        Client().get(page)
    assert (states, *watch.left) == ({State.SENT}, *NOTHING)


def test_a_file_with_addresses_in_its_head_fetches_nothing(watch: Watch, tmp_path: Path) -> None:
    for number, url in enumerate(watch.ear.urls):
        file = tmp_path / f"{number}.md"
        head = f'title: "!"\nattachments: ["{url}", "!!python/object/apply:os.system [id]"]\n'
        file.write_text(f"---\n{head}---\n{markdown([url])}", "utf-8")
        with pytest.raises(DraftRefused):
            read_draft(office(), file)
    assert watch.left == NOTHING


def test_importing_tables_fetches_nothing(watch: Watch) -> None:
    client, urls = administrator(), watch.ear.urls
    rows = [["1А", f"Аня {url}", f"Анна {url}", url, url, f"a@{url}", "vk"] for url in urls]
    lines = [PEOPLE, *(";".join(row) for row in rows)]
    files = [
        ("люди.csv", "\n".join(lines).encode()),
        ("люди.xlsx", workbook([PEOPLE.split(";"), *rows])),
        *(("люди.xlsx", linked(part)) for part in PARTS if "127" in part or "file:" in part),
        *(("люди.xlsx", related(url)) for url in urls[:2]),
    ]
    for name, content in files:
        given = {"kind": "people", "file": SimpleUploadedFile(name, content)}
        client.post(reverse("people-import"), given, follow=True)
    assert (Guardian.objects.count(), *watch.left) == (0, *NOTHING)


def linked(part: str) -> bytes:
    """A workbook whose sheet is this."""
    return repacked(HONEST, "xl/worksheets/sheet1.xml", part.encode())


def related(url: str) -> bytes:
    """A workbook whose sheet, styles and links lie elsewhere."""
    made = repacked(HONEST, "xl/_rels/workbook.xml.rels", RELATION.format(url).encode())
    return repacked(made, "xl/externalLinks/_rels/externalLink1.xml.rels", b"<a/>")


def hostile_files(url: str) -> list[tuple[str, bytes]]:
    """Files that ask whoever opens them to fetch an address."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/></svg>'.encode()
    template = RELATION.format(url).encode()
    document = archive("[Content_Types].xml", "word/document.xml")
    return [
        *(
            ("рисунок.svg", svg),
            ("рисунок.png", svg),
            ("страница.html", f"<img src={url}>".encode()),
        ),
        ("фото.jpg", picture(comment=url.encode())),
        ("план.pdf", f"%PDF-1.7\n1 0 obj<</S/URI/URI({url})>>endobj\n%%EOF".encode()),
        ("письмо.docx", repacked(document, "word/_rels/settings.xml.rels", template)),
        ("список.m3u", url.encode()),
        ("фильм.mp4", b"\0\0\0\x18ftypqt  rmra" + url.encode()),
        (url, picture()),
    ]


def test_attaching_files_fetches_nothing(watch: Watch) -> None:
    client, key = administrator(), school.announcement("1А")
    for url in watch.ear.urls[::13]:
        files = [SimpleUploadedFile(name, what) for name, what in hostile_files(url)]
        client.post(reverse("attachment-add", args=[key]), {"files": files})
        for _name, what in hostile_files(url):
            look_at(what)
    client.get(reverse("previews", args=[key]))
    assert watch.left == NOTHING


def look_at(content: bytes) -> None:
    with suppress(NoPicture):
        remade(BytesIO(content))


def test_programs_of_the_school_make_it_fetch_nothing(watch: Watch) -> None:
    school.group("1А")
    program = diary()
    for url in watch.ear.urls[::3]:
        said = {"title": url, "body": markdown([url]), "groups": ["1А"]}
        program.post("/announcements", said)
        program.post("/announcements", said | {"attachments": [url], "url": url, "callback": url})
    assert watch.left == NOTHING


def test_keeping_settings_connects_to_nothing(watch: Watch) -> None:
    client, port = administrator(), watch.ear.port
    for url in watch.ear.urls[::9]:
        for page in ("settings-school", "settings-files", "settings-quiet"):
            client.post(reverse(page), {"name": url, "public_url": url, "signature": url})
        for name in ("telegram", "vk", "email", "site"):
            given = {"host": "127.0.0.1", "port": port, "proxy": url, "base_url": url}
            client.post(reverse("settings-channel", args=[name]), given)
    assert watch.left == NOTHING


def test_looking_at_channels_connects_to_nothing(watch: Watch) -> None:
    client = administrator()
    for name in ("health", "settings", "home", "webhooks", "start-channels"):
        client.get(reverse(name), follow=True)
    assert watch.left == NOTHING


# Webhooks: the one address that is called, and an administrator has to name it


def test_addresses_of_the_schools_own_machines_cannot_be_registered(watch: Watch) -> None:
    for url in watch.ear.urls:
        with suppress(UnsafeAddress):
            add_webhook(url, [Event.FAILED], STRICT, by=COMMAND_LINE, now=NOON)
    kept = [one.url for one in Webhook.objects.all()]
    assert (kept, *watch.left) == ([], *NOTHING)


def test_a_webhook_never_reaches_this_machine_whatever_its_name_means(watch: Watch) -> None:
    calls = [Call(str(number), url, "whsec_AA==", {}) for number, url in enumerate(watch.ear.urls)]
    answers = ask_all(calls, STRICT)
    connected = [about for event, about in watch.seen if event == "socket.connect"]
    assert (connected, watch.ear.calls()) == ([], 0)
    assert PRIVATE in answers


# What is bounded by design


def test_checking_a_channel_connects_to_the_named_server_only(watch: Watch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    given = {"host": "127.0.0.1", "port": str(port), "sender": "school@example.org", "typed": "1"}
    given |= {"security": "none", "tls": "none"}
    administrator().post(reverse("settings-channel-check", args=["email"]), given)
    connected = {about for event, about in watch.seen if event == "socket.connect"}
    assert all(f"('127.0.0.1', {port})" in about for about in connected), connected
    assert watch.ear.calls() == 0


def test_our_own_settings_name_no_address_of_this_machine() -> None:
    own = str(read_yaml(Path(__file__).parents[2] / "config" / "default.yaml"))
    assert "127.0.0.1" not in own
