"""How many requests copies will need, as the adapters tell before there are any."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from broadcaster.contract import Attachment, Button, Content, Envelope, Wording
from channels import site, telegram, vk
from channels.telegram.plan import plan
from channels.vk.bundles import bundles

SHORT = Wording.plain("Завтра идём в музей.")
OWN = Wording(("Здравствуйте, ", "name", "!"))
LONG = Wording(("о" * 8_000, "name", ""))


def content(*texts: Wording, files: int = 0, buttons: int = 0) -> Content:
    return Content(
        guid="guid",
        subject=Wording.plain("Экскурсия"),
        texts=texts,
        attachments=tuple(file(number) for number in range(files)),
        buttons=tuple(Button(f"Кнопка {number}", "https://a.example") for number in range(buttons)),
    )


def file(number: int) -> Attachment:
    return Attachment(f"{number}.pdf", "application/pdf", 1, f"{number:064x}", Path("/nowhere"))


@pytest.mark.parametrize(
    ("one", "requests"),
    [
        (content(SHORT), 300),
        (content(OWN), 300),
        (content(SHORT, SHORT), 600),
        (content(SHORT, files=1), 300),
        (content(SHORT, files=11), 600),
        (content(SHORT, files=2, buttons=1), 600),
    ],
)
def test_telegram_needs_a_request_for_each_message(one: Content, requests: int) -> None:
    assert telegram.requests_for(one, 300, place=False) == requests
    assert len(plan(Envelope(uuid4(), "1", one, {"name": "Анна"}))) * 300 == requests


@pytest.mark.parametrize(
    ("one", "copies", "requests"),
    [
        (content(SHORT), 0, 0),
        (content(SHORT), 100, 1),
        (content(SHORT), 101, 2),
        (content(SHORT, SHORT), 101, 4),
        (content(OWN), 25, 1),
        (content(OWN), 26, 2),
        (content(OWN, SHORT), 100, 8),
        (content(SHORT, files=2), 100, 7),
        (content(LONG), 25, 4),
    ],
)
def test_vk_needs_a_request_for_many_people(one: Content, copies: int, requests: int) -> None:
    assert vk.requests_for(one, copies, place=False) == requests


@pytest.mark.parametrize("one", [content(SHORT), content(OWN)])
def test_vk_foretells_the_bundles_that_it_makes(one: Content) -> None:
    batch = [Envelope(uuid4(), str(number), one, {"name": "Анна"}) for number in range(1, 270)]
    assert vk.requests_for(one, len(batch), place=False) == len(list(bundles(batch)))


def test_each_wall_is_a_request_of_its_own() -> None:
    assert vk.requests_for(content(SHORT), 3, place=True) == 3


def test_the_site_publishes_a_batch_at_once() -> None:
    assert site.requests_for(content(SHORT), 501, place=True) == 2
