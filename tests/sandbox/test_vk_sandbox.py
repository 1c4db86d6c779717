"""The local VK: who may ask what, and messages."""

from __future__ import annotations

import json

import pytest

from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.vk import VkSandbox
from broadcaster.sandbox.vk.tables import METHODS
from tests.sandbox.vk_asking import COMMUNITY, GROUP, KEYBOARD, USER, asking


async def test_it_listens_on_this_machine_alone() -> None:
    async with asking() as ask:
        assert ask.platform.base_url.startswith("http://127.0.0.1:")


async def test_it_comes_back_on_the_same_port() -> None:
    platform = VkSandbox(token=COMMUNITY, group_id=GROUP)
    async with platform:
        first = platform.base_url
    async with platform:
        assert platform.base_url == first


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"v": "5.199"}, 5),
        ({"access_token": "wrong", "v": "5.199"}, 5),
        ({"access_token": COMMUNITY}, 8),
        ({"access_token": COMMUNITY, "v": "5.92"}, 8),
    ],
    ids=["no token", "wrong token", "no version", "old version"],
)
async def test_a_request_must_say_who_asks_and_in_which_version(
    form: dict[str, str], code: int
) -> None:
    async with asking() as ask:
        assert (await ask.raw("groups.getById", form))["error"]["error_code"] == code


async def test_the_token_may_stand_in_a_header() -> None:
    async with asking() as ask:
        ask.session.headers["Authorization"] = f"Bearer {COMMUNITY}"
        assert "response" in await ask.raw("groups.getById", {"v": "5.199"})


async def test_an_error_repeats_the_request_without_the_token() -> None:
    async with asking() as ask:
        error = (await ask("messages.fly", height=5))["error"]
        assert error["error_code"] == 3
        assert {"key": "height", "value": "5"} in error["request_params"]
        assert COMMUNITY not in json.dumps(error)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"colour": "red"}, 100),
        ({"peer_ids": "1,b"}, 100),
        ({"dont_parse_links": "True"}, 100),
        ({"random_id": "1.5"}, 100),
        ({"random_id": str(2**31)}, 100),
        ({"random_id": ""}, 100),
        ({"message": " "}, 100),
        ({"payload": "x" * 1001}, 100),
        ({"peer_ids": ",".join(map(str, range(1, 102)))}, 100),
        ({"message": "Ж" * 9001}, 914),
        ({"keyboard": "{"}, 911),
        ({"attachment": "video1_2"}, 100),
        ({"attachment": "photo-777_999_k"}, 129),
        ({"attachment": "doc-777_999_k"}, 1150),
    ],
)
async def test_a_parameter_that_is_wrong_refuses_the_message(
    form: dict[str, str], code: int
) -> None:
    async with asking() as ask:
        given = {"peer_ids": "1", "message": "Привет", "random_id": 1} | form
        assert await ask.code("messages.send", **given) == code
        assert ask.platform.inbox.all() == ()


async def test_nine_thousand_characters_are_not_too_many() -> None:
    async with asking() as ask:
        await ask.send("1", "Ж" * 9000)
        assert ask.platform.inbox.all()[0].text == "Ж" * 9000


@pytest.mark.parametrize("method", ["photos.getWallUploadServer", "wall.edit", "wall.delete"])
async def test_some_methods_are_not_for_communities(method: str) -> None:
    async with asking() as ask:
        assert await ask.code(method) == 27


async def test_a_users_token_has_no_rights_of_a_community_to_tell() -> None:
    async with asking() as ask:
        assert await ask.code("groups.getTokenPermissions", token=USER) == 15


async def test_a_token_without_the_right_is_refused() -> None:
    async with asking(rights=frozenset({"wall"})) as ask:
        assert await ask.code("messages.send", peer_id=1, message="!", random_id=1) == 15


async def test_the_twenty_first_request_of_a_second_is_too_many() -> None:
    async with asking(rate=20) as ask:
        answers = [await ask("groups.getById") for _ in range(21)]
        assert ["error" in answer for answer in answers] == [False] * 20 + [True]
        assert answers[-1]["error"]["error_code"] == 6


async def test_a_user_may_ask_three_times_a_second() -> None:
    async with asking(rate=20) as ask:
        codes = ["error" in await ask("groups.getById", token=USER) for _ in range(4)]
        assert codes == [False, False, False, True]


@pytest.mark.parametrize(
    ("form", "address"),
    [({"peer_id": 5}, "5"), ({"user_id": 5}, "5"), ({"chat_id": 5}, "2000000005")],
)
async def test_one_recipient_gives_one_number(form: dict[str, int], address: str) -> None:
    async with asking() as ask:
        answer = await ask("messages.send", message="Привет", random_id=1, **form)
        [shown] = ask.platform.inbox.of(address)
        assert answer == {"response": shown.ids["message_id"]}


async def test_a_short_name_is_nobody_here() -> None:
    async with asking() as ask:
        assert await ask.code("messages.send", domain="durov", message="!", random_id=1) == 113


async def test_recipients_have_an_answer_each() -> None:
    async with asking(Fault(FaultKind.BLOCKED, address="2")) as ask:
        first, second = (await ask.send("1,2"))["response"]
        assert first == {"peer_id": 1, "message_id": 1, "conversation_message_id": 1}
        assert second["error"]["code"] == 901
        assert (second["message_id"], second["conversation_message_id"]) == (0, 0)


async def test_a_single_recipient_who_blocked_us_is_an_error() -> None:
    async with asking(Fault(FaultKind.BLOCKED)) as ask:
        assert await ask.code("messages.send", peer_id=1, message="!", random_id=1) == 901


async def test_a_community_does_not_write_to_a_community() -> None:
    async with asking() as ask:
        [item] = (await ask.send("-5"))["response"]
        assert item["error"]["code"] == 932


async def test_a_random_id_is_shown_once_to_one_peer() -> None:
    async with asking() as ask:
        first = await ask.send("1,2", random_id=7)
        assert await ask.send("1,2", random_id=7) == first
        await ask.send("3", random_id=7)
        assert [shown.address for shown in ask.platform.inbox.all()] == ["1", "2", "3"]


async def test_zero_guards_against_nothing() -> None:
    async with asking() as ask:
        await ask.send("1", random_id=0)
        await ask.send("1", random_id=0)
        assert len(ask.platform.inbox.of("1")) == 2


async def test_what_is_shown_is_safe_to_show() -> None:
    async with asking() as ask:
        await ask.send("1", "<b>Два</b>\nстроки")
        [shown] = ask.platform.inbox.all()
        assert shown.html == "&lt;b&gt;Два&lt;/b&gt;<br>строки"


async def test_buttons_show_their_labels() -> None:
    async with asking() as ask:
        await ask.send("1", keyboard=json.dumps(KEYBOARD))
        assert ask.platform.inbox.all()[0].buttons == ("Ознакомлен",)


@pytest.mark.parametrize(
    "action",
    [
        {"type": "fly", "label": "Да"},
        {"type": "callback", "label": ""},
        {"type": "callback", "label": "Ж" * 41},
        {"type": "callback", "label": "Да", "payload": "not json"},
        {"type": "callback", "label": "Да", "payload": json.dumps("x" * 255)},
        {"type": "open_link", "label": "Да"},
        {},
    ],
)
async def test_a_button_vk_would_not_take_is_refused(action: dict[str, str]) -> None:
    async with asking() as ask:
        keyboard = json.dumps({"inline": True, "buttons": [[{"action": action}]]})
        assert (await ask.send("1", keyboard=keyboard))["error"]["error_code"] == 911


@pytest.mark.parametrize(("rows", "width"), [(7, 1), (1, 6), (6, 2)])
async def test_too_many_buttons_are_refused(rows: int, width: int) -> None:
    async with asking() as ask:
        button = KEYBOARD["buttons"][0][0]
        keyboard = json.dumps({"inline": True, "buttons": [[button] * width] * rows})
        assert (await ask.send("1", keyboard=keyboard))["error"]["error_code"] == 911


async def test_an_edit_replaces_the_text_and_drops_what_is_not_sent_again() -> None:
    async with asking() as ask:
        await ask.send("1", keyboard=json.dumps(KEYBOARD), attachment=await ask.photo())
        answer = await ask("messages.edit", peer_id=1, cmid=1, message="Поправка")
        assert answer == {"response": 1}
        [shown] = ask.platform.inbox.all()
        assert (shown.text, shown.buttons, shown.files) == ("Поправка", (), ())


async def test_an_edit_of_no_message_is_refused() -> None:
    async with asking() as ask:
        assert await ask.code("messages.edit", peer_id=1, cmid=9, message="Поправка") == 100


@pytest.mark.parametrize("name", ["cmids", "message_ids"])
async def test_a_deleted_message_is_empty_for_everybody(name: str) -> None:
    async with asking() as ask:
        await ask.send("1")
        answer = await ask("messages.delete", peer_id=1, delete_for_all=1, **{name: 1})
        [item] = answer["response"]
        assert item["response"] == 1
        assert ask.platform.inbox.all()[0].text == ""


async def test_a_person_who_blocked_us_is_told_by_name() -> None:
    asked = {"group_id": GROUP, "user_id": 5}
    async with asking(Fault(FaultKind.BLOCKED)) as ask:
        method = "messages.isMessagesFromGroupAllowed"
        assert (await ask(method, **asked))["response"] == {"is_allowed": 0}
        assert (await ask(method, **asked))["response"] == {"is_allowed": 1}


async def test_every_method_of_the_tables_is_there() -> None:
    async with asking() as ask:
        for method, made in METHODS.items():
            token = USER if "group" not in made.tokens else COMMUNITY
            answer = await ask(method, token=token)
            assert answer.get("error", {}).get("error_code") != 3, method
