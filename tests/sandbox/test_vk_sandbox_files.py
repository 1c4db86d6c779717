"""The local VK: uploads and the wall."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.vk_asking import GROUP, USER, asking


async def test_a_photo_is_shown_with_its_bytes() -> None:
    async with asking() as ask:
        handle = await ask.photo(b"jpeg of snow")
        await ask.send("1,2", attachment=handle)
        [first], [second] = (shown.files for shown in ask.platform.inbox.all())
        assert (first.name, first.content) == ("снег.jpg", b"jpeg of snow")
        assert first is second


async def test_a_file_needs_its_own_key() -> None:
    async with asking() as ask:
        handle = (await ask.photo()).rsplit("_", 1)[0]
        assert (await ask.send("1", attachment=f"{handle}_abc"))["error"]["error_code"] == 129
        assert "response" in await ask.send("1", attachment=handle)


async def test_eleven_attachments_are_too_many() -> None:
    async with asking() as ask:
        handle = await ask.photo()
        answer = await ask.send("1", attachment=",".join([handle] * 11))
        assert answer["error"]["error_code"] == 100


@pytest.mark.parametrize(
    ("change", "code"),
    [({"hash": "0"}, 121), ({"server": 9}, 118), ({"photo": "[]"}, 129)],
)
async def test_a_photo_is_saved_only_as_the_upload_server_answered(
    change: dict[str, Any], code: int
) -> None:
    async with asking() as ask:
        server = await ask("photos.getMessagesUploadServer", peer_id=1)
        told = await ask.upload(server, "file0", "снег.jpg", b"jpeg")
        assert await ask.code("photos.saveMessagesPhoto", **(told | change)) == code


async def test_a_document_is_saved_once() -> None:
    async with asking() as ask:
        server = await ask("docs.getMessagesUploadServer", peer_id=1, type="doc")
        told = await ask.upload(server, "file", "план.pdf", b"%PDF")
        assert "response" in await ask("docs.save", file=told["file"])
        assert await ask.code("docs.save", file=told["file"]) == 105


@pytest.mark.parametrize(("name", "content"), [("песня.mp3", b"ID3"), ("пусто.pdf", b"")])
async def test_some_documents_are_not_taken(name: str, content: bytes) -> None:
    async with asking() as ask:
        server = await ask("docs.getMessagesUploadServer", peer_id=1)
        assert "error" in await ask.upload(server, "file", name, content)


async def test_a_post_appears_on_the_wall_once_for_its_guid() -> None:
    async with asking() as ask:
        given = {"owner_id": -GROUP, "from_group": 1, "message": "Каток", "guid": "a"}
        first = await ask("wall.post", **given)
        assert await ask("wall.post", **given) == first
        assert [shown.text for shown in ask.platform.inbox.of(f"wall-{GROUP}")] == ["Каток"]


async def test_a_post_can_be_edited_and_deleted_by_a_user() -> None:
    async with asking() as ask:
        posted = await ask("wall.post", owner_id=-GROUP, message="Каток")
        ids = {"owner_id": -GROUP, **posted["response"]}
        assert await ask("wall.edit", token=USER, message="Лёд", **ids) == posted
        assert ask.platform.inbox.all()[0].text == "Лёд"
        assert await ask("wall.delete", token=USER, **ids) == {"response": 1}
        assert ask.platform.inbox.all()[0].text == ""
        assert await ask.code("wall.delete", token=USER, **ids) == 210


@pytest.mark.parametrize(
    ("form", "code"),
    [({"owner_id": -778}, 214), ({"message": ""}, 100), ({"message": "Ж" * 16385}, 100)],
)
async def test_a_post_that_is_wrong_is_refused(form: dict[str, Any], code: int) -> None:
    async with asking() as ask:
        given = {"owner_id": -GROUP, "message": "Каток"} | form
        assert await ask.code("wall.post", **given) == code


async def test_a_post_has_one_document() -> None:
    async with asking() as ask:
        handle = await ask.document()
        two = {"owner_id": -GROUP, "attachments": f"{handle},{handle}"}
        assert await ask.code("wall.post", **two) == 100
