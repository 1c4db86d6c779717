"""VK: photos and documents under messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from broadcaster.contract import (
    Accepted,
    Deferred,
    Part,
    Reason,
    Rejected,
    Unreachable,
    Wording,
)
from broadcaster.sandbox.faults import Fault, FaultKind
from tests.channels.vk_stage import (
    a_file,
    answering,
    content,
    document,
    letter,
    letters,
    photo,
    staged,
)


async def test_a_photo_is_uploaded_once_for_everybody(tmp_path: Path) -> None:
    async with staged() as stage:
        await stage.send(*letters(content("Снег", attachments=[photo(tmp_path)]), 250))
        assert stage.platform.calls == {
            "photos.getMessagesUploadServer": 1,
            "upload": 1,
            "photos.saveMessagesPhoto": 1,
            "messages.send": 3,
        }
        files = {shown.files for shown in stage.platform.inbox.all()}
        assert [file.content for (file,) in files] == [(tmp_path / "снег.jpg").read_bytes()]


async def test_a_document_arrives_under_its_own_name(tmp_path: Path) -> None:
    async with staged() as stage:
        await stage.outcome(letter(content("План", attachments=[document(tmp_path)]), 1))
        [file] = stage.platform.inbox.all()[0].files
        assert (file.name, file.media_type) == ("план.pdf", "application/pdf")
        assert stage.platform.calls["docs.save"] == 1


async def test_personal_texts_carry_files_too(tmp_path: Path) -> None:
    async with staged() as stage:
        shared = content(Wording(("", "name", "")), attachments=[photo(tmp_path)])
        await stage.send(letter(shared, 1, name="Анна"), letter(shared, 2, name="Пётр"))
        assert [len(shown.files) for shown in stage.platform.inbox.all()] == [1, 1]
        assert stage.platform.calls["upload"] == 1


async def test_what_was_uploaded_is_remembered(tmp_path: Path) -> None:
    async with staged() as stage:
        shared = content("Снег", attachments=[photo(tmp_path)])
        await stage.outcome(letter(shared, 1))
        await stage.outcome(letter(shared, 2))
        assert stage.platform.calls["upload"] == 1
        assert [kind for _, kind in stage.uploads.handles] == ["message-photo"]


async def test_files_ride_on_the_first_text_ten_at_a_time(tmp_path: Path) -> None:
    files = [document(tmp_path, f"лист {n}.pdf") for n in range(11)]
    async with staged() as stage:
        outcome = await stage.outcome(letter(content("Один", "Два", attachments=files), 1))
        shown = stage.platform.inbox.of("1")
        assert [(m.text, len(m.files)) for m in shown] == [("Один", 10), ("Два", 0), ("", 1)]
        assert [part.number for part in outcome.parts] == [0, 1, 2]


async def test_a_picture_vk_does_not_show_goes_as_a_document(tmp_path: Path) -> None:
    webp = a_file(tmp_path, "снег.webp", "image/webp", b"RIFF")
    async with staged() as stage:
        await stage.outcome(letter(content("Снег", attachments=[webp]), 1))
        assert stage.platform.calls["docs.save"] == 1


async def test_a_retry_of_a_later_part_uploads_nothing(tmp_path: Path) -> None:
    shared = content("Один", "Два", attachments=[photo(tmp_path)])
    done = Part(0, {"peer_id": 1, "message_id": 5, "conversation_message_id": 1})
    async with staged() as stage:
        await stage.outcome(letter(shared, 1, done))
        assert stage.platform.calls == {"messages.send": 1}


async def test_a_file_vk_has_lost_is_uploaded_again_next_time(tmp_path: Path) -> None:
    copy = letter(content("Снег", attachments=[photo(tmp_path)]), 1)
    async with staged() as stage:
        await stage.outcome(copy)
        stage.platform.world.saved.clear()
        stage.platform.world.sent.clear()
        lost = await stage.outcome(copy)
        assert isinstance(lost, Deferred)
        assert stage.uploads.handles == {}
        assert isinstance(await stage.outcome(copy), Accepted)
        assert stage.platform.calls["upload"] == 2


async def test_who_does_not_let_us_upload_is_unreachable_and_the_next_is_asked(
    tmp_path: Path,
) -> None:
    fault = Fault(FaultKind.BLOCKED, method="photos.getMessagesUploadServer")
    async with staged(fault) as stage:
        outcomes = await stage.send(*letters(content("Снег", attachments=[photo(tmp_path)]), 3))
        assert [type(outcomes[a]) for a in "123"] == [Unreachable, Accepted, Accepted]
        assert stage.texts(1) == []


async def test_when_nobody_lets_us_upload_nothing_is_sent(tmp_path: Path) -> None:
    fault = Fault(FaultKind.BLOCKED, method="photos.getMessagesUploadServer", times=None)
    async with staged(fault) as stage:
        outcomes = await stage.send(*letters(content("Снег", attachments=[photo(tmp_path)]), 3))
        assert {type(outcome) for outcome in outcomes.values()} == {Unreachable}
        assert stage.platform.calls["messages.send"] == 0


async def test_an_upload_whose_answer_is_lost_leaves_nothing_unsure(tmp_path: Path) -> None:
    fault = Fault(FaultKind.DROP, method="photos.getMessagesUploadServer")
    async with staged(fault) as stage:
        outcomes = await stage.send(*letters(content("Снег", attachments=[photo(tmp_path)]), 2))
        assert {(type(o), getattr(o, "reason", None)) for o in outcomes.values()} == {
            (Deferred, Reason.CONNECTION)
        }


async def test_a_file_vk_does_not_store_rejects_the_message(tmp_path: Path) -> None:
    program = a_file(tmp_path, "игра.exe", "application/x-msdownload", b"MZ")
    async with staged() as stage:
        outcome = await stage.outcome(letter(content("Игра", attachments=[program]), 1))
        assert isinstance(outcome, Rejected)
        assert outcome.reason is Reason.CONTENT
        assert stage.texts(1) == []


async def test_an_empty_photo_rejects_the_message(tmp_path: Path) -> None:
    nothing = a_file(tmp_path, "пусто.jpg", "image/jpeg", b"")
    async with staged() as stage:
        outcome = await stage.outcome(letter(content("Снег", attachments=[nothing]), 1))
        assert isinstance(outcome, Rejected)


@pytest.mark.parametrize("upload", [{}, {"file": "x"}, {"error": "no"}, [], 500])
async def test_an_upload_server_that_answers_otherwise_leaves_nothing_unsure(
    tmp_path: Path, upload: object
) -> None:
    async def handle(request: web.Request) -> web.Response:
        if "/upload" in request.path:
            return web.json_response(upload, status=500 if upload == 500 else 200)
        return web.json_response({"response": {"upload_url": f"http://{request.host}/upload"}})

    async with answering(handle) as channel:
        copy = letter(content("План", attachments=[document(tmp_path)]), 1)
        [(_, outcome)] = [pair async for pair in channel.send([copy])]
        assert isinstance(outcome, Deferred | Rejected)
