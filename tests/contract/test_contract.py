"""Every channel, through its real client library, against its sandbox platform on 127.0.0.1.

A channel joins by a file `rows_<channel>.py` beside this one; see `row.py`.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Sequence

import pytest

from broadcaster.adapter_words import adapter_words
from broadcaster.contract import (
    Accepted,
    Capability,
    Deferred,
    Envelope,
    InvalidAddress,
    Mixed,
    Outcome,
    Part,
    Reason,
    Scope,
)
from broadcaster.sandbox.faults import Fault, FaultKind
from tests.contract.row import Ability, Row, Trouble
from tests.contract.stage import (
    LONG,
    ROWS,
    TEXT,
    Stage,
    each_trouble,
    every,
    staged,
)
from tests.lent import MemoryUploads, OpenTurnstile


def yielded(pairs: Sequence[tuple[Envelope, Outcome]]) -> Counter[int]:
    return Counter(id(envelope) for envelope, _ in pairs)


@every(ROWS)
async def test_every_fault_is_answered_for_or_declared_absent(row: Row) -> None:
    answered = {trouble.fault.kind for trouble in row.troubles}
    absent = {kind for kind in FaultKind if kind in row.absent}
    assert answered | absent == set(FaultKind)
    assert not answered & absent
    assert all(row.absent.values())


@every(ROWS)
async def test_accepted_gives_the_platforms_ids(row: Row) -> None:
    async with staged(row) as stage:
        outcome = await stage.outcome(stage.envelope())
        assert isinstance(outcome, Accepted)
        assert [part.number for part in outcome.parts] == [0]
        assert outcome.parts[0].ids
        assert all(str(value) for value in outcome.parts[0].ids.values())


@every(ROWS)
async def test_what_was_accepted_arrives_once(row: Row) -> None:
    async with staged(row) as stage:
        await stage.outcome(stage.envelope())
        assert stage.arrived() == [TEXT]


@each_trouble(ROWS)
async def test_each_fault_becomes_its_outcome(row: Row, trouble: Trouble) -> None:
    async with staged(row, trouble.fault) as stage:
        outcome = await stage.outcome(stage.envelope(address=trouble.address))
        assert type(outcome) is trouble.outcome, outcome
        assert getattr(outcome, "reason", None) is trouble.reason
        assert getattr(outcome, "scope", Scope.COPY) is trouble.scope
        assert getattr(outcome, "retry_after", None) == trouble.retry_after
        assert getattr(outcome, "moved_to", "") == trouble.moved_to
        assert outcome.parts == () or isinstance(outcome, Accepted)


@each_trouble(ROWS)
async def test_each_fault_shuts_the_turnstile_when_it_speaks_of_the_whole_channel(
    row: Row, trouble: Trouble
) -> None:
    async with staged(row, trouble.fault) as stage:
        await stage.outcome(stage.envelope(address=trouble.address))
        assert stage.turnstile.holds == ([trouble.retry_after] if trouble.holds else [])


@each_trouble(ROWS)
async def test_a_fault_stores_the_message_once_or_not_at_all(row: Row, trouble: Trouble) -> None:
    async with staged(row, trouble.fault) as stage:
        await stage.outcome(stage.envelope(address=trouble.address))
        assert len(stage.platform.inbox.all()) == int(trouble.arrives)


@each_trouble([row for row in ROWS if row.can(Ability.CONNECTION)])
async def test_the_channel_goes_on_after_a_fault_that_is_over(row: Row, trouble: Trouble) -> None:
    async with staged(row, trouble.fault) as stage:
        await stage.outcome(stage.envelope(address=trouble.address))
        stage.turnstile.holds.clear()
        stage.platform.faults.clear()
        assert isinstance(await stage.outcome(stage.envelope()), Accepted)


@every(row for row in ROWS if FaultKind.RATE_LIMIT not in row.absent)
async def test_a_rate_limit_holds_back_what_has_not_left_yet(row: Row) -> None:
    limits = [t for t in row.troubles if t.fault.kind is FaultKind.RATE_LIMIT]
    async with staged(row, limits[0].fault) as stage:
        pairs = await stage.send(*stage.batch(200))
        deferred = [outcome for _, outcome in pairs if isinstance(outcome, Deferred)]
        accepted = [outcome for _, outcome in pairs if isinstance(outcome, Accepted)]
        assert len(deferred) > 1
        assert len(deferred) + len(accepted) == len(pairs)
        assert {o.scope for o in deferred} == {Scope.CHANNEL}
        assert {o.reason for o in deferred} <= {Reason.RATE_LIMITED, Reason.HELD_BACK}


@every(ROWS, Ability.CONNECTION)
async def test_a_platform_that_cannot_be_reached_holds_the_whole_channel_back(row: Row) -> None:
    async with row.platform() as platform:
        pass
    turnstile = OpenTurnstile()
    async with row.channel(platform, turnstile, MemoryUploads(), LONG) as channel:
        stage = Stage(row, platform, channel, turnstile)
        outcomes = [outcome for _, outcome in await stage.send(*stage.batch(300))]
        deferred = [outcome for outcome in outcomes if isinstance(outcome, Deferred)]
        assert len(deferred) == len(outcomes) == 300
        assert {outcome.scope for outcome in deferred} == {Scope.CHANNEL}
        assert {outcome.reason for outcome in deferred} == {Reason.CONNECTION, Reason.HELD_BACK}
        assert all(outcome.retry_after for outcome in deferred)


@every(ROWS, Ability.QUESTION)
@pytest.mark.parametrize(
    "fault",
    [Fault(FaultKind.SLOW, None, seconds=60), Fault(FaultKind.SERVER_ERROR, None)],
    ids=["silent", "failing"],
)
async def test_of_a_platform_that_is_not_at_work_nothing_is_in_doubt_and_no_try_is_used_up(
    row: Row, fault: Fault
) -> None:
    async with staged(row, fault, at_work=False) as stage:
        outcomes = [outcome for _, outcome in await stage.send(*stage.batch(300))]
        deferred = [outcome for outcome in outcomes if isinstance(outcome, Deferred)]
        assert len(deferred) == len(outcomes) == 300
        assert {outcome.scope for outcome in deferred} == {Scope.CHANNEL}
        assert {outcome.reason for outcome in deferred} == {Reason.CONNECTION, Reason.HELD_BACK}
        assert stage.platform.inbox.all() == ()
        assert stage.turnstile.recorded == []


@every(ROWS, Ability.CREDENTIALS)
async def test_check_says_that_the_credentials_are_wrong(row: Row) -> None:
    async with staged(row, Fault(FaultKind.BAD_TOKEN, times=None)) as stage:
        health = await stage.channel.check()
        assert not health.ok
        assert health.problem


@every(ROWS, Ability.CONNECTION)
async def test_check_says_that_nobody_answers(row: Row) -> None:
    async with row.platform() as platform:
        pass
    async with row.channel(platform, OpenTurnstile(), MemoryUploads(), LONG) as channel:
        health = await channel.check()
        assert not health.ok
        assert re.search("[а-яё]", adapter_words(health.problem)), health.problem


@every(ROWS)
async def test_check_names_the_account_and_writes_to_nobody(row: Row) -> None:
    async with staged(row) as stage:
        health = await stage.channel.check()
        assert health.ok, health
        assert health.account
        assert stage.platform.inbox.all() == ()
        assert stage.turnstile.recorded == []


@every(ROWS)
async def test_cyrillic_emoji_and_the_last_allowed_character_arrive(row: Row) -> None:
    async with staged(row) as stage:
        wide = 2 if stage.channel.traits.utf16 else 1
        text = "😀" + "Щ" * (row.max_text - wide - 1) + "я"
        assert isinstance(await stage.outcome(stage.envelope(text)), Accepted)
        assert stage.arrived() == [text]


@every(ROWS, Ability.PARTS)
async def test_a_retry_does_not_repeat_parts(row: Row) -> None:
    async with staged(row) as stage:
        first = stage.envelope("Первая часть", "Вторая часть")
        whole = await stage.outcome(first)
        assert isinstance(whole, Accepted)
        assert stage.arrived() == ["Первая часть", "Вторая часть"]
        again = stage.envelope("Первая часть", "Вторая часть", parts_done=whole.parts[:1])
        outcome = await stage.outcome(again)
        assert [part.number for part in outcome.parts] == [0, 1]
        assert stage.arrived() == ["Первая часть", "Вторая часть", "Вторая часть"]


@every(ROWS)
async def test_a_copy_whose_parts_are_all_done_sends_nothing(row: Row) -> None:
    async with staged(row) as stage:
        done = (Part(0, {"id": "1"}),)
        outcome = await stage.outcome(stage.envelope(parts_done=done))
        assert outcome == Accepted(done)
        assert stage.platform.inbox.all() == ()


@every(ROWS)
async def test_every_envelope_is_yielded_exactly_once(row: Row) -> None:
    async with staged(row) as stage:
        batch = stage.batch(120)
        pairs = await stage.send(*batch)
        assert yielded(pairs) == Counter(id(envelope) for envelope in batch)


@every(ROWS)
async def test_two_batches_may_be_on_their_way_at_once(row: Row) -> None:
    async with staged(row) as stage:
        texts = [[f"{batch} № {number}" for number in range(20)] for batch in ("Раз", "Два")]
        batches = [list(map(stage.envelope, some)) for some in texts]
        told = await asyncio.gather(*(stage.send(*batch) for batch in batches))
        for batch, pairs in zip(batches, told, strict=True):
            assert yielded(pairs) == Counter(id(envelope) for envelope in batch)
        assert sorted(stage.arrived()) == sorted(texts[0] + texts[1])


@every(ROWS)
async def test_every_text_of_a_batch_arrives_once(row: Row) -> None:
    async with staged(row) as stage:
        texts = [f"Объявление № {number}" for number in range(40)]
        await stage.send(*map(stage.envelope, texts))
        assert sorted(stage.arrived()) == sorted(texts)


@every(ROWS)
async def test_every_envelope_is_yielded_exactly_once_amid_faults(row: Row) -> None:
    faults = [trouble.fault for trouble in row.troubles]
    async with staged(row, *faults) as stage:
        batch = stage.batch(60)
        pairs = await stage.send(*batch)
        assert yielded(pairs) == Counter(id(envelope) for envelope in batch)


@every(ROWS)
async def test_an_empty_batch_yields_nothing(row: Row) -> None:
    async with staged(row) as stage:
        assert await stage.send() == []


@every(ROWS)
async def test_what_leaves_was_put_on_record_first_and_once(row: Row) -> None:
    async with staged(row) as stage:
        batch = stage.batch(30)
        await stage.send(*batch)
        recorded = Counter(stage.turnstile.recorded)
        assert recorded == Counter(envelope.delivery_id for envelope in batch)


@every(ROWS)
async def test_a_shut_turnstile_sends_nothing(row: Row) -> None:
    async with staged(row) as stage:
        stage.turnstile.hold(30.0)
        pairs = await stage.send(*stage.batch(5))
        expected = (Reason.HELD_BACK, 30.0, Scope.CHANNEL)
        for _, outcome in pairs:
            assert isinstance(outcome, Deferred)
            assert (outcome.reason, outcome.retry_after, outcome.scope) == expected
        assert len(pairs) == 5
        assert stage.platform.inbox.all() == ()


@every(ROWS)
async def test_no_secret_is_told_to_logs_reprs_or_outcomes(
    row: Row, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[object] = []
    for trouble in (None, *row.troubles):
        async with staged(row, *([trouble.fault] if trouble else [])) as stage:
            told += [stage.channel, await stage.channel.check()]
            told += await stage.send(*stage.batch(2))
    told += [(record.getMessage(), vars(record)) for record in caplog.records]
    for secret in row.secrets:
        assert not [thing for thing in told if secret in repr(thing)]


@every(ROWS)
async def test_our_own_logs_hold_neither_address_nor_text(
    row: Row, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for trouble in (None, *row.troubles):
        async with staged(row, *([trouble.fault] if trouble else [])) as stage:
            await stage.send(*stage.batch(2))
    ours = [repr(vars(r)) for r in caplog.records if r.name.startswith(("channels", "broadcaster"))]
    for told in (row.address, row.another, TEXT):
        assert not [line for line in ours if told in line]


@every(ROWS)
async def test_normalise_gives_one_spelling(row: Row) -> None:
    async with staged(row) as stage:
        made = {raw: stage.channel.normalise(raw) for raw in row.spellings}
        assert made == row.spellings
        assert stage.channel.normalise(row.address) == row.address


@every(ROWS)
async def test_normalise_refuses_junk(row: Row) -> None:
    async with staged(row) as stage:
        for junk in ("", " ", "\n", *row.junk):
            with pytest.raises(InvalidAddress):
                stage.channel.normalise(junk)


@every([row for row in ROWS if row.shared])
async def test_it_knows_where_many_people_read(row: Row) -> None:
    async with staged(row) as stage:
        assert isinstance(stage.channel, Mixed)
        shared = {one for one in row.spellings.values() if stage.channel.is_shared(one)}
        assert shared == row.shared


@every(ROWS)
async def test_what_reaches_people_and_places_knows_them_apart(row: Row) -> None:
    async with staged(row) as stage:
        both = {Capability.PEOPLE, Capability.DESTINATIONS} <= stage.channel.traits.capabilities
        assert both is bool(row.shared)


@every(ROWS)
async def test_the_channel_is_named_as_the_platform_and_knows_its_traits(row: Row) -> None:
    async with staged(row) as stage:
        assert stage.channel.name
        assert stage.channel.traits.batch > 0
        assert stage.channel.traits.together > 0
        assert stage.channel.traits.max_text in {0, row.max_text}
