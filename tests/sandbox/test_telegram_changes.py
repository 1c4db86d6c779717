"""The local Telegram edits and recalls, keeps its limits and fails on request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import telegram

from broadcaster.sandbox.faults import Fault, FaultKind
from tests.sandbox.telegram_caller import TOKEN, Caller, calling, keyboard, picture


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with calling() as caller:
        yield caller


# Editing and recalling


async def sent(caller: Caller, **more: Any) -> dict[str, Any]:
    message = await caller.ok("sendMessage", chat_id=5, text="Было", **more)
    return {"chat_id": 5, "message_id": message["message_id"]}


async def test_an_edit_changes_what_is_shown(caller: Caller) -> None:
    await caller.ok("editMessageText", **await sent(caller), text="<b>Стало</b>", parse_mode="HTML")
    [shown] = caller.shown()
    assert (shown.text, shown.html) == ("Стало", "<b>Стало</b>")


async def test_an_edit_without_buttons_takes_them_away(caller: Caller) -> None:
    markup = keyboard({"text": "Да", "callback_data": "1"})
    ids = await sent(caller, reply_markup=markup)
    await caller.ok("editMessageText", **ids, text="Стало")
    assert caller.shown()[0].buttons == ()


async def test_buttons_are_changed_alone(caller: Caller) -> None:
    markup = keyboard({"text": "Да", "callback_data": "1"})
    await caller.ok("editMessageReplyMarkup", **await sent(caller), reply_markup=markup)
    assert (caller.shown()[0].text, caller.shown()[0].buttons) == ("Было", ("Да",))


async def test_a_caption_is_edited(caller: Caller) -> None:
    message = (await caller.upload("document", b"%PDF"))["result"]
    await caller.ok(
        "editMessageCaption", chat_id=5, message_id=message["message_id"], caption="Стало"
    )
    assert caller.shown()[0].text == "Стало"


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("editMessageText", {"text": "Было"}, "message is not modified: specified new message"),
        ("editMessageText", {"text": "а" * 4097}, "MESSAGE_TOO_LONG"),
        ("editMessageText", {"text": "а", "message_id": 999}, "message to edit not found"),
        ("editMessageCaption", {"caption": "а"}, "there is no caption in the message to edit"),
        ("deleteMessage", {"message_id": 999}, "message to delete not found"),
        ("deleteMessage", {"message_id": ""}, "message identifier is not specified"),
    ],
)
async def test_a_change_that_cannot_be_is_refused(
    caller: Caller, method: str, parameters: dict[str, Any], words: str
) -> None:
    told = await caller.refused(method, **{**await sent(caller), **parameters})
    assert told.startswith(f"Bad Request: {words}")


async def test_a_text_is_not_edited_into_a_file(caller: Caller) -> None:
    message = (await caller.upload("document", b"%PDF"))["result"]
    ids = {"chat_id": 5, "message_id": message["message_id"]}
    told = await caller.refused("editMessageText", **ids, text="а")
    assert told == "Bad Request: there is no text in the message to edit"


async def test_a_deleted_message_is_shown_no_more(caller: Caller) -> None:
    assert await caller.ok("deleteMessage", **await sent(caller)) is True
    assert caller.shown() == []


async def test_a_message_older_than_48_hours_cannot_be_deleted(caller: Caller) -> None:
    ids = await sent(caller)
    caller.clock.now += timedelta(hours=48, seconds=1)
    told = await caller.refused("deleteMessage", **ids)
    assert told == "Bad Request: message can't be deleted"


async def test_many_are_deleted_at_once_and_strangers_passed_over(caller: Caller) -> None:
    numbers = [(await sent(caller))["message_id"] for _ in range(3)]
    assert await caller.ok("deleteMessages", chat_id=5, message_ids=[*numbers[:2], 999]) is True
    assert [one.ids["message_id"] for one in caller.shown()] == numbers[2:]


async def test_no_more_than_a_hundred_are_deleted_at_once(caller: Caller) -> None:
    told = await caller.refused("deleteMessages", chat_id=5, message_ids=list(range(1, 102)))
    assert told == "Bad Request: too many message identifiers specified"


async def test_a_channel_may_be_named_or_numbered(caller: Caller) -> None:
    message = await caller.ok("sendMessage", chat_id="@School", text="Было")
    assert message["chat"]["type"] == "channel"
    ids = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
    await caller.ok("editMessageText", **ids, text="Стало")
    assert [one.text for one in caller.shown("@school")] == ["Стало"]


# Limits and faults


async def test_latency_is_added_to_every_answer() -> None:
    async with calling(latency=0.05) as caller:
        began = time.monotonic()
        await caller.ok("getMe")
    assert time.monotonic() - began >= 0.05


async def test_calls_beyond_the_rate_are_asked_to_wait() -> None:
    async with calling(rate=2) as caller:
        for _ in range(2):
            await caller.ok("sendMessage", chat_id=5, text="а")
        status, answer, headers = await caller.raw("sendMessage", json={"chat_id": 5, "text": "а"})
    assert (status, headers["Retry-After"]) == (429, "1")
    assert answer["description"] == "Too Many Requests: retry after 1"
    assert answer["parameters"] == {"retry_after": 1}


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        (Fault(FaultKind.RATE_LIMIT, seconds=7), 429, "Too Many Requests: retry after 7"),
        (Fault(FaultKind.DEFER), 429, "Too Many Requests: retry after 3600"),
        (Fault(FaultKind.SERVER_ERROR), 502, "Bad Gateway"),
        (Fault(FaultKind.BLOCKED), 403, "Forbidden: bot was blocked by the user"),
        (Fault(FaultKind.GONE), 400, "Bad Request: chat not found"),
        (Fault(FaultKind.GONE, detail="deactivated"), 403, "Forbidden: user is deactivated"),
        (Fault(FaultKind.BAD_TOKEN), 401, "Unauthorized"),
        (Fault(FaultKind.CONTENT, detail="BUTTON_DATA_INVALID"), 400, None),
        (Fault(FaultKind.LOST), 403, "Forbidden: bot was kicked from the supergroup chat"),
    ],
)
async def test_a_fault_is_answered_as_the_platform_would(
    caller: Caller, fault: Fault, status: int, words: str | None
) -> None:
    caller.sandbox.faults.add(fault)
    told, answer, _ = await caller.raw("sendMessage", json={"chat_id": 5, "text": "а"})
    assert told == status
    assert answer["description"] == (words or "Bad Request: BUTTON_DATA_INVALID")
    assert caller.shown() == []


async def test_asking_who_the_bot_is_does_not_use_up_a_readers_fault(caller: Caller) -> None:
    caller.sandbox.faults.add(Fault(FaultKind.BLOCKED))
    await caller.ok("getMe")
    assert await caller.refused("sendMessage", chat_id=5, text="а")


async def test_a_group_that_was_upgraded_names_its_successor(caller: Caller) -> None:
    caller.sandbox.faults.add(Fault(FaultKind.MIGRATED, detail="-1007"))
    _, answer, _ = await caller.raw("sendMessage", json={"chat_id": -7, "text": "а"})
    assert answer["parameters"] == {"migrate_to_chat_id": -1007}


async def test_a_dropped_call_has_been_carried_out(caller: Caller) -> None:
    caller.sandbox.faults.add(Fault(FaultKind.DROP))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await caller.raw("sendMessage", json={"chat_id": 5, "text": "а"})
    assert len(caller.shown()) == 1


async def test_a_slow_call_has_been_carried_out_before_its_answer(caller: Caller) -> None:
    caller.sandbox.faults.add(Fault(FaultKind.SLOW, seconds=0.1))
    answer = asyncio.create_task(caller.ok("sendMessage", chat_id=5, text="а"))
    while not caller.shown():
        await asyncio.sleep(0.001)
    assert not answer.done()
    assert (await answer)["text"] == "а"


async def test_stopping_does_not_wait_for_long_polls_and_slow_answers() -> None:
    began = time.monotonic()
    async with calling() as caller:
        poll = asyncio.create_task(caller.ok("getUpdates", timeout=50))
        while not caller.sandbox.calls:
            await asyncio.sleep(0.001)
        await caller.sandbox.__aexit__()
        assert await poll == []
    assert time.monotonic() - began < 1


async def test_it_listens_on_this_machine_only(caller: Caller) -> None:
    assert caller.sandbox.base_url.startswith("http://127.0.0.1:")


# The real client library reads every answer


async def test_python_telegram_bot_understands_every_answer(caller: Caller) -> None:
    base = f"{caller.sandbox.base_url}/bot"
    async with telegram.Bot(TOKEN, base_url=base) as bot:
        text = await bot.send_message(5, "Было")
        photo = await bot.send_photo(5, picture(), caption="Фото")
        document = await bot.send_document("@school", b"%PDF", filename="а.pdf")
        video = await bot.send_video(-1001000000002, b"film")
        handle = photo.photo[-1].file_id
        items = [telegram.InputMediaPhoto(handle), telegram.InputMediaPhoto(picture())]
        group = await bot.send_media_group(-7, items, caption="Альбом")
        edited = await bot.edit_message_text("Стало", 5, text.message_id)
        chats = [await bot.get_chat(place) for place in (5, -7, -1001000000002, "@school")]
        assert await bot.get_updates() == ()
        assert await bot.delete_message(5, photo.message_id)
    assert bot.username == "sandbox_bot"
    assert edited.text == "Стало"
    assert document.document.file_name == "а.pdf"
    assert video.video.file_size == 4
    assert [one.caption for one in group] == ["Альбом", None]
    assert [chat.type for chat in chats] == ["private", "group", "supergroup", "channel"]
