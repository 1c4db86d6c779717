"""VK: posts on a community's wall."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from broadcaster.contract import (
    Accepted,
    Button,
    Deferred,
    Part,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    Unreachable,
)
from broadcaster.sandbox.faults import Fault, FaultKind
from tests.channels.vk_stage import WALL, answering, content, document, letter, photo, staged


async def test_a_text_is_posted_with_the_communitys_token() -> None:
    async with staged() as stage:
        outcome = await stage.outcome(letter(content("Каток открыт"), WALL))
        [shown] = stage.platform.inbox.of(WALL)
        assert shown.text == "Каток открыт"
        assert outcome == Accepted((Part(0, shown.ids),))
        assert set(shown.ids) == {"owner_id", "post_id"}


async def test_a_post_is_on_record_before_it_leaves() -> None:
    async with staged() as stage:
        copy = letter(content("Каток открыт"), WALL)
        await stage.outcome(copy)
        assert stage.turnstile.recorded == [copy.delivery_id]


async def test_the_same_announcement_is_not_posted_twice() -> None:
    async with staged() as stage:
        shared = content("Каток открыт", "Лёд крепкий")
        await stage.outcome(letter(shared, WALL))
        await stage.outcome(letter(shared, WALL))
        assert stage.texts(WALL) == ["Каток открыт", "Лёд крепкий"]


async def test_a_retry_posts_what_is_missing() -> None:
    async with staged() as stage:
        done = Part(0, {"owner_id": -777, "post_id": 3})
        outcome = await stage.outcome(letter(content("Раз", "Два"), WALL, done))
        assert stage.texts(WALL) == ["Два"]
        assert [part.number for part in outcome.parts] == [0, 1]


async def test_photos_without_an_administrators_token_are_rejected_with_the_reason(
    tmp_path: Path,
) -> None:
    async with staged() as stage:
        outcome = await stage.outcome(letter(content("Снег", attachments=[photo(tmp_path)]), WALL))
        assert isinstance(outcome, Rejected)
        assert outcome.reason is Reason.POLICY
        assert "user token" in outcome.detail
        assert not stage.platform.calls


async def test_photos_go_with_an_administrators_token(tmp_path: Path) -> None:
    async with staged(administrator=True) as stage:
        await stage.outcome(letter(content("Снег", attachments=[photo(tmp_path)]), WALL))
        [shown] = stage.platform.inbox.of(WALL)
        assert [file.name for file in shown.files] == ["снег.jpg"]
        assert [kind for _, kind in stage.uploads.handles] == ["wall-photo"]


async def test_documents_go_with_the_communitys_token_one_in_a_post(tmp_path: Path) -> None:
    files = [document(tmp_path, "план.pdf"), document(tmp_path, "меню.pdf")]
    async with staged() as stage:
        outcome = await stage.outcome(letter(content("Файлы", attachments=files), WALL))
        assert isinstance(outcome, Accepted)
        shown = stage.platform.inbox.of(WALL)
        assert [(post.text, [file.name for file in post.files]) for post in shown] == [
            ("Файлы", ["план.pdf"]),
            ("", ["меню.pdf"]),
        ]


async def test_a_link_under_a_message_is_a_line_in_a_post() -> None:
    async with staged() as stage:
        buttons = [Button("Подробнее", url="https://a.ru/")]
        await stage.outcome(letter(content("Каток открыт", buttons=buttons), WALL))
        assert stage.texts(WALL) == ["Каток открыт\n\nПодробнее: https://a.ru/"]


async def test_a_button_that_tells_us_of_a_press_is_rejected_and_not_dropped() -> None:
    async with staged() as stage:
        buttons = [Button("Ознакомлен(а)", payload="ack")]
        outcome = await stage.outcome(letter(content("Каток", buttons=buttons), WALL))
        assert isinstance(outcome, Rejected)
        assert outcome.reason is Reason.POLICY


async def test_a_wall_we_may_not_write_on_does_not_stop_the_channel() -> None:
    async with staged(rights=["messages"]) as stage:
        outcome = await stage.outcome(letter(content("Каток"), WALL))
        assert isinstance(outcome, Deferred)
        assert (outcome.reason, outcome.scope) == (Reason.CREDENTIALS, Scope.COPY)


async def test_the_wall_of_another_community_is_lost() -> None:
    async with staged() as stage:
        outcome = await stage.outcome(letter(content("Каток"), "wall-778"))
        assert isinstance(outcome, Unreachable)
        assert outcome.reason is Reason.DESTINATION_LOST


async def test_a_wall_that_has_had_enough_posts_for_a_day_is_not_lost() -> None:
    words = "Access to adding post denied: you can only add 50 posts a day"

    async def handle(_: web.Request) -> web.Response:
        return web.json_response({"error": {"error_code": 214, "error_msg": words}})

    async with answering(handle) as channel:
        [(_, outcome)] = [pair async for pair in channel.send([letter(content("Каток"), WALL)])]
    assert isinstance(outcome, Deferred)
    assert (outcome.reason, outcome.scope) == (Reason.QUOTA, Scope.COPY)


async def test_a_wall_document_vk_has_lost_is_uploaded_again_next_time(tmp_path: Path) -> None:
    shared = content("План", attachments=[document(tmp_path)])
    fault = Fault(FaultKind.CONTENT, method="wall.post", detail="1150")
    async with staged(fault) as stage:
        assert isinstance(await stage.outcome(letter(shared, WALL)), Deferred)
        assert stage.uploads.handles == {}
        assert isinstance(await stage.outcome(letter(shared, WALL)), Accepted)


async def test_a_shut_turnstile_keeps_a_post_back() -> None:
    async with staged() as stage:
        stage.turnstile.hold(20.0)
        outcome = await stage.outcome(letter(content("Каток"), WALL))
        assert isinstance(outcome, Deferred)
        assert (outcome.retry_after, outcome.scope) == (20.0, Scope.CHANNEL)


async def test_a_wall_and_people_are_served_in_one_batch() -> None:
    async with staged() as stage:
        shared = content("Каток открыт")
        outcomes = await stage.send(letter(shared, WALL), letter(shared, 1))
        assert {type(outcome) for outcome in outcomes.values()} == {Accepted}
        assert stage.texts(WALL) == stage.texts(1) == ["Каток открыт"]


async def test_a_document_that_did_not_get_there_leaves_nothing_unsure(tmp_path: Path) -> None:
    fault = Fault(FaultKind.DROP, method="docs.getWallUploadServer")
    async with staged(fault) as stage:
        outcome = await stage.outcome(
            letter(content("План", attachments=[document(tmp_path)]), WALL)
        )
        assert isinstance(outcome, Deferred)
        assert outcome.reason is Reason.CONNECTION


async def test_an_answer_that_names_no_post_is_unconfirmed() -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.json_response({"response": 1})

    async with answering(handle) as channel:
        [(_, outcome)] = [pair async for pair in channel.send([letter(content("Каток"), WALL)])]
        assert isinstance(outcome, Unconfirmed)
