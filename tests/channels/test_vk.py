"""VK: private messages and group chats, through vk_api over sockets."""

from __future__ import annotations

from uuid import uuid4

import pytest
from aiohttp import web

from broadcaster.contract import (
    Accepted,
    Button,
    Deferred,
    Outcome,
    Part,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    Unreachable,
    Wording,
)
from broadcaster.sandbox.faults import Fault, FaultKind
from channels.vk.drafts import drafts_of, random_id
from channels.vk.errors import KINDS, Lost, Refused, outcome_of
from channels.vk.scripts import answers_of
from tests.channels.vk_stage import answering, content, letter, letters, staged

TEXT = "Завтра лыжи"
NAMED = Wording(("Здравствуйте, ", "name", "!"))


async def test_one_request_carries_a_shared_text_to_a_hundred_people() -> None:
    async with staged() as stage:
        outcomes = await stage.send(*letters(content(TEXT), 100))
        assert {type(outcome) for outcome in outcomes.values()} == {Accepted}
        assert stage.platform.calls == {"messages.send": 1}


async def test_the_hundred_and_first_goes_in_a_second_request() -> None:
    async with staged() as stage:
        await stage.send(*letters(content(TEXT), 101))
        assert stage.platform.calls == {"messages.send": 2}
        assert stage.texts(1) == stage.texts(101) == [TEXT]


async def test_one_script_carries_personal_texts_to_twenty_five_people() -> None:
    async with staged() as stage:
        shared = content(NAMED)
        await stage.send(*(letter(shared, n, name=f"семья {n}") for n in range(1, 27)))
        assert stage.platform.calls == {"execute": 2}
        assert stage.texts(26) == ["Здравствуйте, семья 26!"]


async def test_long_personal_texts_go_in_more_scripts() -> None:
    async with staged() as stage:
        shared = content(Wording(("Ж" * 8000, "name", "")))
        await stage.send(*(letter(shared, n, name=str(n)) for n in range(1, 11)))
        assert stage.platform.calls == {"execute": 2}
        assert stage.texts(10) == ["Ж" * 8000 + "10"]


async def test_announcements_are_not_mixed_in_a_request() -> None:
    async with staged() as stage:
        await stage.send(letter(content("Один"), 1), letter(content("Два"), 2))
        assert (stage.texts(1), stage.texts(2)) == (["Один"], ["Два"])


async def test_a_part_has_all_three_ids() -> None:
    async with staged() as stage:
        outcome = await stage.outcome(letter(content(TEXT), 2_000_000_003))
        shown = stage.platform.inbox.all()[0]
        assert outcome == Accepted((Part(0, shown.ids),))
        assert set(shown.ids) == {"peer_id", "message_id", "conversation_message_id"}


async def test_a_personal_copy_has_the_same_ids() -> None:
    async with staged() as stage:
        outcome = await stage.outcome(letter(content(NAMED), 5, name="Анна"))
        assert outcome == Accepted((Part(0, stage.platform.inbox.all()[0].ids),))


async def test_one_person_who_blocked_us_does_not_stop_the_others() -> None:
    async with staged(Fault(FaultKind.BLOCKED, address="2")) as stage:
        outcomes = await stage.send(*letters(content(TEXT), 3))
        assert [type(outcomes[a]) for a in "123"] == [Accepted, Unreachable, Accepted]
        assert stage.texts(2) == []


async def test_in_a_script_too_the_refusal_is_that_persons_alone() -> None:
    async with staged(Fault(FaultKind.GONE, address="2")) as stage:
        shared = content(NAMED)
        outcomes = await stage.send(*(letter(shared, n, name="Я") for n in range(1, 4)))
        assert [type(outcomes[a]) for a in "123"] == [Accepted, Unreachable, Accepted]


async def test_a_refused_call_of_a_script_finds_its_envelope() -> None:
    async with staged() as stage:
        shared = content(Wording(("", "name", "")))
        names = {1: "Анна", 2: "", 3: "Пётр"}
        outcomes = await stage.send(*(letter(shared, n, name=who) for n, who in names.items()))
        assert [type(outcomes[a]) for a in "123"] == [Accepted, Rejected, Accepted]


async def test_a_script_that_stopped_half_way_is_unconfirmed() -> None:
    async with staged(Fault(FaultKind.CONTENT, method="execute", detail="13")) as stage:
        outcome = await stage.outcome(letter(content(NAMED), 1, name="Анна"))
        assert isinstance(outcome, Unconfirmed)


async def test_a_lost_answer_to_a_script_is_unconfirmed() -> None:
    async with staged(Fault(FaultKind.DROP)) as stage:
        outcome = await stage.outcome(letter(content(NAMED), 1, name="Анна"))
        assert isinstance(outcome, Unconfirmed)
        assert len(stage.texts(1)) == 1


def test_a_refused_call_without_an_error_is_lost() -> None:
    [accepted, refused, unknown] = answers_of(
        {
            "response": [[{"peer_id": 1}], False, False],
            "execute_errors": [
                {"method": "messages.send", "error_code": 914, "error_msg": "Message is too long"}
            ],
        },
        3,
    )
    assert accepted == [{"peer_id": 1}]
    assert (type(refused), refused.code) == (Refused, 914)
    assert type(unknown) is Lost


def test_a_script_that_answers_something_else_is_lost_for_all() -> None:
    assert [type(answer) for answer in answers_of({"response": None}, 2)] == [Lost, Lost]


async def test_parts_accepted_before_a_refusal_are_told_with_it() -> None:
    async with staged() as stage:
        outcome = await stage.outcome(letter(content("Первая", "Ж" * 9001), 1))
        assert isinstance(outcome, Rejected)
        assert [part.number for part in outcome.parts] == [0]


async def test_after_a_refusal_nothing_more_is_sent_to_that_person() -> None:
    async with staged(Fault(FaultKind.BLOCKED, address="1")) as stage:
        outcomes = await stage.send(*letters(content("Первая", "Вторая"), 2))
        assert isinstance(outcomes["1"], Unreachable)
        assert (stage.texts(1), stage.texts(2)) == ([], ["Первая", "Вторая"])


async def test_copies_with_different_parts_done_get_what_each_lacks() -> None:
    async with staged() as stage:
        shared = content("Первая", "Вторая")
        done = Part(0, {"peer_id": 1, "message_id": 9, "conversation_message_id": 1})
        outcomes = await stage.send(letter(shared, 1, done), letter(shared, 2))
        assert (stage.texts(1), stage.texts(2)) == (["Вторая"], ["Первая", "Вторая"])
        assert outcomes["1"].parts[0] is done


async def test_two_copies_to_one_address_both_arrive() -> None:
    async with staged() as stage:
        shared = content(TEXT)
        await stage.send(letter(shared, 1), letter(shared, 1))
        assert stage.texts(1) == [TEXT, TEXT]


async def test_the_same_request_again_is_not_shown_twice() -> None:
    async with staged() as stage:
        batch = letters(content(TEXT), 3)
        first = await stage.send(*batch)
        assert await stage.send(*reversed(batch)) == first
        assert stage.texts(1) == [TEXT]


async def test_a_second_announcement_to_the_same_people_is_shown() -> None:
    async with staged() as stage:
        await stage.send(*letters(content(TEXT), 3))
        await stage.send(*letters(content(TEXT), 3))
        assert stage.texts(1) == [TEXT, TEXT]


def test_the_number_against_doubles_fits_and_is_never_zero() -> None:
    numbers = [random_id([uuid4()], 0) for _ in range(500)]
    assert all(-(2**31) <= number < 2**31 and number for number in numbers)
    assert len(set(numbers)) == 500


def test_the_number_against_doubles_belongs_to_the_copies_and_the_part() -> None:
    one, two = uuid4(), uuid4()
    assert random_id([one, two], 0) == random_id([two, one], 0)
    assert len({random_id([one, two], 0), random_id([one], 0), random_id([one, two], 1)}) == 3


async def test_buttons_are_under_the_last_text() -> None:
    async with staged() as stage:
        buttons = [Button("Ознакомлен(а)", payload="ack"), Button("Сайт", url="https://a.ru/")]
        await stage.outcome(letter(content("Первая", "Вторая", buttons=buttons), 1))
        shown = stage.platform.inbox.of("1")
        assert [message.buttons for message in shown] == [(), ("Ознакомлен(а)", "Сайт")]


async def test_ten_buttons_fit_under_a_message() -> None:
    async with staged() as stage:
        buttons = [Button(f"Вариант {n}", payload=str(n)) for n in range(10)]
        assert isinstance(await stage.outcome(letter(content(TEXT, buttons=buttons), 1)), Accepted)


async def test_more_buttons_than_vk_takes_are_rejected_and_not_dropped() -> None:
    async with staged() as stage:
        buttons = [Button(f"Вариант {n}", payload=str(n)) for n in range(11)]
        outcome = await stage.outcome(letter(content(TEXT, buttons=buttons), 1))
        assert isinstance(outcome, Rejected)
        assert stage.texts(1) == []


def test_an_announcement_of_files_alone_is_one_message() -> None:
    [draft] = drafts_of(content(), ["doc-1_2_k"])
    assert draft.values([letter(content(), 1)], "").keys() == {
        "peer_ids",
        "random_id",
        "attachment",
    }


@pytest.mark.parametrize(
    ("code", "outcome", "reason", "scope"),
    [
        (6, Deferred, Reason.RATE_LIMITED, Scope.CHANNEL),
        (10, Deferred, Reason.SERVER_ERROR, Scope.COPY),
        (36, Unconfirmed, None, None),
        (9, Deferred, Reason.QUOTA, Scope.COPY),
        (29, Deferred, Reason.QUOTA, Scope.CHANNEL),
        (14, Deferred, Reason.NEEDS_PERSON, Scope.CHANNEL),
        (5, Deferred, Reason.CREDENTIALS, Scope.CHANNEL),
        (18, Unreachable, Reason.DEACTIVATED, None),
        (113, Unreachable, Reason.NOT_FOUND, None),
        (900, Unreachable, Reason.BLOCKED, None),
        (901, Unreachable, Reason.NO_PERMISSION, None),
        (902, Unreachable, Reason.NO_PERMISSION, None),
        (917, Unreachable, Reason.DESTINATION_LOST, None),
        (100, Rejected, Reason.CONTENT, None),
        (914, Rejected, Reason.TOO_LARGE, None),
        (909, Rejected, Reason.POLICY, None),
    ],
)
def test_a_code_is_one_outcome(
    code: int, outcome: type[Outcome], reason: Reason | None, scope: Scope | None
) -> None:
    done = (Part(0, {"peer_id": 1}),)
    made = outcome_of(Refused(code, "words"), done, reach=Scope.CHANNEL)
    assert type(made) is outcome
    assert getattr(made, "reason", None) is reason
    assert getattr(made, "scope", None) is scope
    assert (made.detail, made.parts) == (f"{code} words", done)


@pytest.mark.parametrize("code", [5, 27, 1051])
def test_the_rights_of_one_recipient_do_not_stop_the_channel(code: int) -> None:
    outcome = outcome_of(Refused(code, "no"), (), reach=Scope.COPY)
    assert isinstance(outcome, Deferred)
    assert (outcome.reason, outcome.scope) == (Reason.CREDENTIALS, Scope.COPY)


def test_an_unknown_code_is_tried_again_later() -> None:
    assert 987654 not in KINDS
    outcome = outcome_of(Refused(987654, "?"), (), reach=Scope.CHANNEL)
    assert isinstance(outcome, Deferred)
    assert (outcome.reason, outcome.scope) == (Reason.SERVER_ERROR, Scope.COPY)


async def test_check_names_the_community() -> None:
    async with staged() as stage:
        health = await stage.channel.check()
        assert (health.ok, health.account, health.problem) == (True, "Школа у моря", "")


async def test_check_names_the_rights_that_are_missing() -> None:
    async with staged(rights=["messages", "wall"]) as stage:
        health = await stage.channel.check()
        assert not health.ok
        assert health.problem == "the community's token lacks the rights: photos, docs"


async def test_a_community_without_a_wall_of_its_own_is_well_but_told_so() -> None:
    async with staged(rights=["messages", "photos", "docs"]) as stage:
        health = await stage.channel.check()
        assert health.ok
        assert "wall" in health.problem


async def test_check_asks_with_the_administrators_token_too() -> None:
    async with staged(administrator=True) as stage:
        assert (await stage.channel.check()).ok
        assert stage.platform.calls["groups.getById"] == 2


async def test_check_says_whose_token_is_wrong() -> None:
    fault = Fault(FaultKind.BAD_TOKEN, method="groups.getById")
    async with staged(administrator=True) as stage:
        stage.platform.faults.add(Fault(FaultKind.SLOW, method="groups.getById"), fault)
        health = await stage.channel.check()
        assert not health.ok
        assert health.problem.startswith("the administrator's token: 5 ")


async def test_check_survives_an_answer_that_nobody_understands() -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.json_response({"response": []})

    async with answering(handle) as channel:
        assert not (await channel.check()).ok


async def test_check_of_a_channel_held_back_says_so() -> None:
    async with staged() as stage:
        stage.turnstile.hold(5.0)
        assert "held back" in (await stage.channel.check()).problem
