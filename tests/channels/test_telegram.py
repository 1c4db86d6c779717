"""What a copy becomes on Telegram, how its files travel, and how a retry goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from broadcaster.contract import (
    Accepted,
    Button,
    Deferred,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    Unreachable,
)
from broadcaster.sandbox.faults import Fault, FaultKind
from channels.telegram.plan import Kind, plan
from tests.channels.telegram_stage import (
    GROUP,
    PERSON,
    Desk,
    Stage,
    canned,
    channel,
    copies,
    envelope,
    outcome_from,
)
from tests.lent import OpenTurnstile

ACK = Button("Ознакомлен(а)", payload="ack:1")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    async with stage.sandbox:
        yield stage


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# What one copy becomes


async def test_every_text_is_a_message_and_the_last_has_the_buttons(stage: Stage) -> None:
    link = Button("Открыть", url="https://school.example/notice")
    outcome = await stage.outcome(envelope("Первый", "Второй", buttons=[ACK, link]))
    shown = stage.sandbox.inbox.of(PERSON)
    assert [(one.text, one.buttons) for one in shown] == [
        ("Первый", ()),
        ("Второй", ("Ознакомлен(а)", "Открыть")),
    ]
    assert [dict(part.ids) for part in outcome.parts] == [dict(one.ids) for one in shown]


async def test_html_is_sent_as_html(stage: Stage) -> None:
    await stage.outcome(envelope("<b>Лёд</b> &amp; вода &lt;3"))
    [shown] = stage.sandbox.inbox.of(PERSON)
    assert (shown.text, shown.html) == ("Лёд & вода <3", "<b>Лёд</b> &amp; вода &lt;3")


async def test_links_are_not_opened_for_a_preview() -> None:
    async with canned() as server:
        await outcome_from(server.url)
    assert server.asked[0]["link_preview_options"] == '{"is_disabled": true}'


async def test_one_photo_carries_caption_and_buttons(stage: Stage, desk: Desk) -> None:
    await stage.outcome(envelope("Подпись", files=[desk.photo()], buttons=[ACK]))
    [shown] = stage.sandbox.inbox.of(PERSON)
    assert (shown.text, shown.buttons, shown.files[0].is_photo) == ("Подпись", (ACK.label,), True)
    assert stage.sandbox.calls["sendPhoto"] == 1


async def test_one_file_keeps_its_russian_name_and_its_bytes(stage: Stage, desk: Desk) -> None:
    await stage.outcome(envelope("Подпись", files=[desk.file("Лёд, «вода».pdf", content=b"%1")]))
    [shown] = stage.sandbox.inbox.of(PERSON)
    assert (shown.files[0].name, shown.files[0].content) == ("Лёд, «вода».pdf", b"%1")


async def test_a_quote_in_a_files_name_does_not_break_the_form(stage: Stage, desk: Desk) -> None:
    await stage.outcome(envelope("Подпись", files=[desk.file('Лёд "вода"\n.pdf')]))
    [shown] = stage.sandbox.inbox.of(PERSON)
    assert shown.files[0].name == "Лёд _вода__.pdf"


async def test_a_large_file_is_sent_whole(stage: Stage, desk: Desk) -> None:
    content = bytes(range(256)) * 12_000
    await stage.outcome(envelope("Подпись", files=[desk.file(content=content)]))
    assert stage.sandbox.inbox.of(PERSON)[0].files[0].content == content


async def test_a_film_is_sent_as_video(stage: Stage, desk: Desk) -> None:
    outcome = await stage.outcome(envelope("", files=[desk.file("а.mp4", "video/mp4", b"film")]))
    assert isinstance(outcome, Accepted)
    assert stage.sandbox.calls["sendVideo"] == 1


async def test_films_and_photos_share_an_album_and_documents_have_their_own(
    stage: Stage, desk: Desk
) -> None:
    film, papers = (
        desk.file("а.mp4", "video/mp4", b"film"),
        [desk.file("1.pdf"), desk.file("2.pdf")],
    )
    outcome = await stage.outcome(envelope("Подпись", files=[*papers, film, desk.photo()]))
    shown = stage.sandbox.inbox.of(PERSON)
    assert [one.files[0].name for one in shown] == ["а.mp4", "Фото 0.png", "1.pdf", "2.pdf"]
    assert [part.number for part in outcome.parts] == [0, 1]


async def test_an_albums_items_are_all_named_in_one_part(stage: Stage, desk: Desk) -> None:
    outcome = await stage.outcome(envelope("Подпись", files=[desk.photo(n) for n in range(3)]))
    shown = stage.sandbox.inbox.of(PERSON)
    assert [one.text for one in shown] == ["Подпись", "", ""]
    assert len({one.album for one in shown}) == 1
    numbers = [one.ids["message_id"] for one in shown]
    assert dict(outcome.parts[0].ids) == {
        "chat_id": int(PERSON),
        "message_id": numbers[0],
        "message_ids": ",".join(map(str, numbers)),
    }


async def test_an_albums_buttons_stand_under_a_message_of_their_own(
    stage: Stage, desk: Desk
) -> None:
    await stage.outcome(envelope("Подпись", files=[desk.photo(), desk.photo(1)], buttons=[ACK]))
    shown = stage.sandbox.inbox.of(PERSON)
    assert [(one.text, one.buttons) for one in shown] == [
        ("", ()),
        ("", ()),
        ("Подпись", (ACK.label,)),
    ]


async def test_the_title_carries_an_albums_buttons_where_there_is_no_text(
    stage: Stage, desk: Desk
) -> None:
    await stage.outcome(envelope("", files=[desk.photo(), desk.photo(1)], buttons=[ACK]))
    assert stage.texts()[-1] == "Лёд & вода"


async def test_an_album_keeps_its_caption_when_a_text_follows(stage: Stage, desk: Desk) -> None:
    files = [desk.photo(), desk.photo(1)]
    await stage.outcome(envelope("Подпись", "Остальное", files=files, buttons=[ACK]))
    assert stage.texts() == ["Подпись", "", "Остальное"]


@pytest.mark.parametrize(
    ("photos", "documents", "albums"),
    [(10, 0, [10]), (11, 0, [10, 1]), (23, 0, [10, 10, 3]), (2, 2, [2, 2]), (1, 12, [1, 10, 2])],
)
def test_files_are_parted_by_kind_and_by_tens(
    desk: Desk, photos: int, documents: int, albums: list[int]
) -> None:
    files = [desk.photo()] * photos + [desk.file()] * documents
    messages = plan(envelope("Подпись", files=files[::-1]))
    assert [len(message.items) for message in messages] == albums
    assert [message.number for message in messages] == list(range(len(albums)))
    assert [message.text for message in messages] == ["Подпись"] + [""] * (len(albums) - 1)


async def test_an_album_brings_no_more_bytes_than_one_request_may(stage: Stage, desk: Desk) -> None:
    films = [desk.file(f"{n}.pdf", content=bytes(18_000_000)) for n in range(3)]
    outcome = await stage.outcome(envelope("Подпись", files=films))
    assert isinstance(outcome, Accepted), outcome
    shown = stage.sandbox.inbox.of(PERSON)
    assert [(one.text, len(one.files)) for one in shown] == [("Подпись", 1), ("", 1), ("", 1)]
    assert [part.number for part in outcome.parts] == [0, 1]


def test_a_photo_too_large_for_telegram_travels_as_a_document(desk: Desk) -> None:
    photo = replace(desk.photo(), size=10_000_001)
    [message] = plan(envelope("Подпись", files=[photo]))
    assert message.items[0].kind is Kind.DOCUMENT


async def test_the_1024th_unit_of_a_caption_arrives(stage: Stage, desk: Desk) -> None:
    caption = "😀" * 511 + "я!"
    await stage.outcome(envelope(caption, files=[desk.photo(), desk.photo(1)]))
    assert stage.texts()[0] == caption


async def test_a_copy_without_text_and_files_is_rejected(stage: Stage) -> None:
    outcome = await stage.outcome(envelope("", " "))
    assert outcome == Rejected(Reason.CONTENT, "message text is empty")


async def test_a_file_that_cannot_be_read_is_rejected(stage: Stage, desk: Desk) -> None:
    lost = desk.file()
    lost.path.unlink()
    outcome = await stage.outcome(envelope("Подпись", files=[lost]))
    assert isinstance(outcome, Rejected)
    assert "cannot be read" in outcome.detail


# Files are uploaded once


async def test_the_first_copy_uploads_and_the_others_wait_for_its_handle(
    stage: Stage, desk: Desk
) -> None:
    files = [desk.photo(), desk.photo(1)]
    outcomes = await stage.send(*copies(12, *files))
    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert (
        len({id(file.content) for shown in stage.sandbox.inbox.all() for file in shown.files}) == 2
    )


async def test_a_blocked_first_copy_leaves_the_upload_to_the_next(stage: Stage, desk: Desk) -> None:
    stage.sandbox.faults.add(Fault(FaultKind.BLOCKED, address="1000"))
    outcomes = await stage.send(*copies(4, desk.file()))
    assert [type(outcome) for outcome in outcomes] == [Unreachable, Accepted, Accepted, Accepted]


async def test_a_handle_the_platform_refuses_is_forgotten_and_the_file_uploaded_again(
    stage: Stage, desk: Desk
) -> None:
    file = desk.file()
    await stage.uploads.keep(file, Kind.DOCUMENT, "BQADspoilt")
    outcomes = await stage.send(*copies(5, file))
    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert len({id(shown.files[0].content) for shown in stage.sandbox.inbox.all()}) == 1
    assert stage.uploads.handles[file.digest, Kind.DOCUMENT] != "BQADspoilt"


async def test_a_picture_that_cannot_be_a_photo_travels_as_a_document(
    stage: Stage, desk: Desk
) -> None:
    outcomes = await stage.send(*copies(1, long := desk.photo(size=(2100, 100))))
    outcomes += await stage.send(*copies(1, long))
    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert stage.sandbox.calls["sendDocument"] == 2


async def test_a_picture_that_cannot_be_a_photo_is_not_tried_for_every_copy(
    stage: Stage, desk: Desk
) -> None:
    async with channel(stage.sandbox.base_url) as tg:
        for one in copies(5, desk.photo(size=(2100, 100))):
            [_] = [pair async for pair in tg.send([one])]
    assert (stage.sandbox.calls["sendPhoto"], stage.sandbox.calls["sendDocument"]) == (1, 5)


async def test_an_album_with_such_a_picture_becomes_an_album_of_documents(
    stage: Stage, desk: Desk
) -> None:
    files = [desk.photo(), desk.photo(1, size=(2100, 100))]
    outcome = await stage.outcome(envelope("Подпись", files=files))
    assert isinstance(outcome, Accepted)
    assert len({shown.album for shown in stage.sandbox.inbox.of(PERSON)}) == 1
    assert set(stage.uploads.handles) == {(file.digest, Kind.DOCUMENT) for file in files}


# Half-way


async def test_a_retry_sends_what_is_left_and_nothing_else(stage: Stage, desk: Desk) -> None:
    whole = envelope("Подпись", "Второй", "Третий", files=[desk.photo(), desk.photo(1)])
    stage.sandbox.faults.add(Fault(FaultKind.SERVER_ERROR, method="sendMessage"))
    stopped = await stage.outcome(whole)
    assert (type(stopped), [part.number for part in stopped.parts]) == (Deferred, [0])
    finished = await stage.outcome(replace(whole, parts_done=stopped.parts))
    assert [part.number for part in finished.parts] == [0, 1, 2]
    assert stage.texts() == ["Подпись", "", "Второй", "Третий"]


async def test_a_lost_answer_half_way_names_what_is_certain(stage: Stage) -> None:
    first = await stage.outcome(envelope("Первый"))
    stage.sandbox.faults.add(Fault(FaultKind.DROP, method="sendMessage"))
    outcome = await stage.outcome(
        replace(envelope("Первый", "Второй"), parts_done=first.parts),
    )
    assert outcome == Unconfirmed("ServerDisconnectedError", first.parts)


async def test_a_429_half_way_shuts_the_turnstile_and_keeps_the_parts(stage: Stage) -> None:
    class SecondIsTooMany(OpenTurnstile):
        async def __call__(self, *args, **kwargs) -> None:
            await super().__call__(*args, **kwargs)
            if len(self.recorded) == 2:
                stage.sandbox.faults.add(Fault(FaultKind.RATE_LIMIT, seconds=9))

    turnstile = SecondIsTooMany()
    outcome = await stage.outcome(envelope("Первый", "Второй"), turnstile=turnstile)
    assert isinstance(outcome, Deferred)
    assert (outcome.reason, outcome.retry_after) == (Reason.RATE_LIMITED, 9.0)
    assert outcome.scope is Scope.CHANNEL
    assert [part.number for part in outcome.parts] == [0]
    assert turnstile.holds == [9.0]


async def test_a_turnstile_shut_half_way_keeps_the_parts(stage: Stage) -> None:
    class ShutAfterOne(OpenTurnstile):
        async def __call__(self, *args, **kwargs) -> None:
            await super().__call__(*args, **kwargs)
            if self.recorded:
                self.holds.append(5.0)

    outcome = await stage.outcome(envelope("Первый", "Второй"), turnstile=ShutAfterOne())
    assert isinstance(outcome, Deferred)
    assert [part.number for part in outcome.parts] == [0]
    assert stage.texts() == ["Первый"]


async def test_a_group_that_becomes_a_supergroup_half_way_is_followed(stage: Stage) -> None:
    class UpgradedInBetween(OpenTurnstile):
        async def __call__(self, *args, **kwargs) -> None:
            await super().__call__(*args, **kwargs)
            if len(self.recorded) == 2:
                upgrade = Fault(FaultKind.MIGRATED, None, address=GROUP, detail="-1004004")
                stage.sandbox.faults.add(upgrade)

    turnstile = UpgradedInBetween()
    outcome = await stage.outcome(envelope("1", "2", "3", address=GROUP), turnstile=turnstile)
    assert isinstance(outcome, Accepted)
    assert outcome.moved_to == "-1004004"
    assert [part.ids["chat_id"] for part in outcome.parts] == [-4004, -1004004, -1004004]
    assert (stage.texts(GROUP), stage.texts("-1004004")) == (["1"], ["2", "3"])
    assert [p.place for p in turnstile.passages if p.envelopes] == [
        GROUP,
        GROUP,
        "-1004004",
        "-1004004",
    ]


async def test_a_group_that_moves_twice_is_left_for_later(stage: Stage) -> None:
    stage.sandbox.faults.add(Fault(FaultKind.MIGRATED, None, detail="-1004004"))
    outcome = await stage.outcome(envelope("Текст", address=GROUP))
    assert isinstance(outcome, Deferred)


async def test_groups_and_channels_count_as_places_and_people_do_not(stage: Stage) -> None:
    places = (PERSON, GROUP, "@school")
    await stage.send(*[envelope("Текст", address=address) for address in places])
    assert {passage.place for passage in stage.turnstile.passages} == {"", GROUP, "@school"}
