"""The local Telegram takes what the Bot API takes, and refuses the rest in its words."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.sandbox.telegram_caller import Caller, calling, keyboard, picture


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with calling() as caller:
        yield caller


# Calls


@pytest.mark.parametrize(
    ("token", "status", "words"),
    [
        ("123456:another", 401, "Unauthorized"),
        ("no-token-at-all", 404, "Not Found"),
        ("123456", 404, "Not Found"),
    ],
)
async def test_a_wrong_token_is_refused(
    caller: Caller, token: str, status: int, words: str
) -> None:
    told, answer, _ = await caller.raw("getMe", token=token)
    assert (told, answer["description"]) == (status, words)


async def test_an_unknown_method_is_refused(caller: Caller) -> None:
    status, answer, _ = await caller.raw("sendPigeon")
    assert (status, answer["description"]) == (404, "Not Found: method not found")


async def test_a_path_outside_the_api_is_not_found(caller: Caller) -> None:
    async with caller.session.get(f"{caller.sandbox.base_url}/admin") as answer:
        assert answer.status == 404


async def test_names_of_methods_are_the_same_in_any_case(caller: Caller) -> None:
    await caller.ok("SENDMESSAGE", chat_id=5, text="Привет")
    assert caller.sandbox.calls == {"sendMessage": 1}


async def test_forms_json_and_queries_say_the_same(caller: Caller) -> None:
    said = {"chat_id": "5", "text": "Привет"}
    await caller.raw("sendMessage", json=said)
    await caller.raw("sendMessage", data=said)
    await caller.raw("sendMessage", params=said)
    assert [one.text for one in caller.shown()] == ["Привет"] * 3


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"chat": 5, "text": "а"}, 'unknown parameter "chat"'),
        ({"text": "а"}, "chat_id is empty"),
        ({"chat_id": "пять", "text": "а"}, "chat not found"),
        ({"chat_id": 0, "text": "а"}, "chat not found"),
        ({"chat_id": 5}, "message text is empty"),
        ({"chat_id": 5, "text": " \n "}, "message text is empty"),
        ({"chat_id": 5, "text": 7}, 'field "text" must be of type String'),
        ({"chat_id": 5, "text": "а" * 4097}, "message is too long"),
        ({"chat_id": 5, "text": "😀" * 2048 + "а"}, "message is too long"),
        ({"chat_id": 5, "text": "а", "parse_mode": "RTF"}, "unsupported parse_mode"),
        (
            {"chat_id": 5, "text": "а", "disable_notification": "maybe"},
            'field "disable_notification" must be of type Boolean',
        ),
        (
            {"chat_id": 5, "text": "а", "message_thread_id": "x"},
            'field "message_thread_id" must be of type Number',
        ),
        ({"chat_id": 5, "text": "а", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
        (
            {"chat_id": 5, "text": "а", "reply_markup": []},
            'field "reply_markup" must be of type Object',
        ),
    ],
)
async def test_a_message_that_is_wrong_is_refused(
    caller: Caller, parameters: dict[str, Any], words: str
) -> None:
    assert await caller.refused("sendMessage", **parameters) == f"Bad Request: {words}"
    assert caller.shown() == []


async def test_length_is_counted_after_the_markup_is_parsed(caller: Caller) -> None:
    text = "<b>" + "😀" * 2047 + "&lt;я</b>"
    await caller.ok("sendMessage", chat_id=5, text=text, parse_mode="HTML")
    assert caller.shown()[0].text == "😀" * 2047 + "<я"


# Keyboards


async def test_buttons_are_shown_by_their_labels(caller: Caller) -> None:
    markup = keyboard(
        {"text": "Ознакомлен(а)", "callback_data": "я" * 32}, {"text": "Да", "url": "https://x.ru"}
    )
    sent = await caller.ok("sendMessage", chat_id=5, text="а", reply_markup=markup)
    assert caller.shown()[0].buttons == ("Ознакомлен(а)", "Да")
    assert sent["reply_markup"] == markup


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (keyboard({"text": "Да", "callback_data": "я" * 32 + "1"}), "BUTTON_DATA_INVALID"),
        (keyboard({"text": "Да", "url": "нет"}), "BUTTON_URL_INVALID"),
        (
            keyboard({"text": "Да"}),
            "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard",
        ),
        (
            keyboard({"callback_data": "1"}),
            "can't parse inline keyboard button: can't find field \"text\"",
        ),
        (
            keyboard({"text": "Да", "callback_data": "1", "colour": "red"}),
            'can\'t parse inline keyboard button: unknown field "colour"',
        ),
        (keyboard(*[{"text": "Да", "callback_data": "1"}] * 101), "reply markup is too long"),
        (
            {"inline_keyboard": {}},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
    ],
)
async def test_a_keyboard_that_is_wrong_is_refused(
    caller: Caller, markup: dict[str, Any], words: str
) -> None:
    told = await caller.refused("sendMessage", chat_id=5, text="а", reply_markup=markup)
    assert told == f"Bad Request: {words}"


# Files and albums


async def test_a_file_is_sent_again_by_its_handle_and_kept_once(caller: Caller) -> None:
    sent = await caller.upload("document", b"%PDF", "Лёд.pdf")
    handle = sent["result"]["document"]["file_id"]
    await caller.ok("sendDocument", chat_id=5, document=handle, caption="Ещё раз")
    first, second = caller.shown()
    assert (first.files[0].name, second.text) == ("Лёд.pdf", "Ещё раз")
    assert first.files[0].content is second.files[0].content


async def test_a_handle_nobody_gave_out_is_refused(caller: Caller) -> None:
    told = await caller.refused("sendPhoto", chat_id=5, photo="AgACAgIA")
    assert "wrong remote file identifier specified" in told


async def test_a_photos_handle_is_of_no_use_for_a_document(caller: Caller) -> None:
    sent = await caller.upload("photo", picture(), "а.png")
    handle = sent["result"]["photo"][-1]["file_id"]
    told = await caller.refused("sendDocument", chat_id=5, document=handle)
    assert told == "Bad Request: can't use file of type Photo as Document"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (picture(sides=(5001, 5000)), "PHOTO_INVALID_DIMENSIONS"),
        (picture(sides=(210, 10)), "PHOTO_INVALID_DIMENSIONS"),
        (b"not a picture", "IMAGE_PROCESS_FAILED"),
        (b"", "file must be non-empty"),
        (
            b"\xff\xd8" + bytes(10_485_759),
            (
                "file of size 10485761 bytes is too big for a photo;"
                " the maximum size is 10485760 bytes"
            ),
        ),
    ],
)
async def test_a_photo_that_is_none_is_refused(caller: Caller, content: bytes, words: str) -> None:
    answer = await caller.upload("photo", content, "а.png")
    assert answer["description"] == f"Bad Request: {words}"


async def test_a_body_larger_than_the_server_reads_is_refused(caller: Caller) -> None:
    answer = await caller.upload("document", bytes(52_000_000))
    assert (answer["error_code"], answer["description"]) == (413, "Request Entity Too Large")


def media(*kinds: str, **more: Any) -> str:
    return json.dumps(
        [{"type": kind, "media": f"attach://f{n}", **more} for n, kind in enumerate(kinds)]
    )


async def album(caller: Caller, items: str, files: int) -> dict[str, Any]:
    form = aiohttp.FormData({"chat_id": "5", "media": items})
    for number in range(files):
        form.add_field(f"f{number}", io.BytesIO(picture()), filename=f"{number}.png")
    return (await caller.raw("sendMediaGroup", data=form))[1]


async def test_an_albums_items_share_its_name(caller: Caller) -> None:
    answer = await album(caller, media("photo", "photo", "video"), 3)
    assert len({one["media_group_id"] for one in answer["result"]}) == 1
    assert [one.album for one in caller.shown()] == [caller.shown()[0].album] * 3


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (media(*["photo"] * 11), "too many messages to send as an album"),
        (media("photo"), "too few messages to send as an album"),
        (media("photo", "document"), "document can't be mixed with other media types"),
        (media("photo", "sticker"), "can't parse InputMedia: type must be one of photo,"),
        (media("photo", "photo", colour=1), 'can\'t parse InputMedia: unknown field "colour"'),
        (media("photo", "photo", "photo"), "can't parse InputMedia: media not found"),
        (media("photo", "photo", caption="а" * 1025), "message caption is too long"),
        (media("photo", "photo", caption=5), 'field "caption" must be of type String'),
        ("{}", 'field "media" must be of type Array'),
        ("[", "can't parse media JSON object"),
    ],
)
async def test_an_album_that_is_wrong_is_refused_whole(
    caller: Caller, items: str, words: str
) -> None:
    answer = await album(caller, items, 2)
    assert answer["description"].startswith(f"Bad Request: {words}")
    assert caller.shown() == []


async def test_an_album_takes_no_buttons(caller: Caller) -> None:
    told = await caller.refused("sendMediaGroup", chat_id=5, media=[], reply_markup={})
    assert told == 'Bad Request: unknown parameter "reply_markup"'
