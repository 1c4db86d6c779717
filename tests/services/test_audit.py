"""The audit log: appended by many, changed by nobody, verified from end to end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, connection, transaction

from broadcaster.audit_words import ACTIONS
from broadcaster.domain.chain import FIRST, Breach
from broadcaster.services.audit import COMMAND_LINE, SYSTEM, Action, Actor, record
from broadcaster.services.audit_check import verify
from broadcaster.store.models import AuditEntry
from broadcaster.store.queries import audit as queries
from tests.auditing import unguarded
from tests.school import NOON
from tests.together import together

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def said(number: int = 1) -> list[AuditEntry]:
    """So many entries."""
    for one in range(number):
        record(COMMAND_LINE, Action.PAUSED, now=NOON, kind="announcement", subject=one, copies=one)
    return list(AuditEntry.objects.order_by("pk"))


def refused(statement: str) -> bool:
    """Whether the database refuses to do this."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except IntegrityError:
        return True
    return False


def test_every_action_has_its_words() -> None:
    assert set(ACTIONS) == set(Action)


def test_an_entry_says_who_did_what_to_what() -> None:
    record(Actor("Мария", 7), Action.RELEASED, now=NOON, kind="announcement", subject="a", n=3)
    entry = AuditEntry.objects.get()
    told = (entry.at, entry.actor, entry.user, entry.action, entry.subject_kind, entry.subject)
    assert told == (NOON, "Мария", 7, "released", "announcement", "a")
    assert entry.facts == {"n": 3}


def test_entries_are_chained_from_a_fixed_word() -> None:
    first, second = said(2)
    assert (first.previous, second.previous) == (FIRST, first.hash)


def test_a_change_is_refused() -> None:
    said()
    assert refused("UPDATE store_auditentry SET actor = 'nobody'")


def test_a_deletion_is_refused() -> None:
    said()
    assert refused("DELETE FROM store_auditentry")


def test_emptying_the_table_is_refused() -> None:
    said()
    word = "TRUNCATE" if connection.vendor == "postgresql" else "DELETE FROM"
    assert refused(f"{word} store_auditentry")


def test_the_orm_is_refused_too() -> None:
    said()
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_a_replacement_is_refused() -> None:
    (entry,) = said()
    columns = "id, at, actor, action, subject_kind, subject, facts, previous, hash"
    chosen = columns.replace("actor", "'nobody'", 1)
    copied = (
        f"INTO store_auditentry ({columns}) "
        f"SELECT {chosen} FROM store_auditentry WHERE id = {entry.pk}"
    )
    assert refused(f"INSERT {copied} ON CONFLICT (id) DO UPDATE SET actor = excluded.actor")
    if connection.vendor == "sqlite":  # PostgreSQL has no REPLACE
        assert refused(f"INSERT OR REPLACE {copied}")


def test_the_chain_cannot_fork() -> None:
    (entry,) = said()
    entry.pk, entry.hash = None, "0" * 64
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)


def test_a_whole_log_is_whole() -> None:
    entries = said(3)
    found = verify()
    assert (found.whole, found.count, found.head) == (True, 3, entries[-1].hash)


def test_an_empty_log_is_whole() -> None:
    assert (verify().whole, verify().count, verify().head) == (True, 0, "")


def test_times_and_facts_survive_the_database() -> None:
    odd = timezone(timedelta(hours=5, minutes=45))
    facts = {"я": [1, None, {"б": True, "а": 0.1}], "n": 10**20, "odd": "\x00\ud800«»\U0001f600"}
    for at in (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 29, 2, 30, 0, 7, tzinfo=odd)):
        record(SYSTEM, Action.SETTINGS_CHANGED, now=at, **facts)
    assert verify().whole


def test_words_that_are_too_long_are_cut_and_still_verify() -> None:
    record(Actor("М" * 500), Action.PAUSED, now=NOON, subject="х" * 500)
    assert verify().whole


def test_a_walk_takes_several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "BATCH", 2)
    said(5)
    assert verify().count == 5


def test_a_changed_entry_is_found() -> None:
    entries = said(3)
    with unguarded():
        AuditEntry.objects.filter(pk=entries[1].pk).update(facts={"copies": 0})
    found = verify()
    assert (found.count, found.breach, found.broken) == (1, Breach.CHANGED, entries[1])


def test_a_removed_entry_is_found_by_the_one_after_it() -> None:
    entries = said(3)
    with unguarded():
        entries[1].delete()
    found = verify()
    assert (found.count, found.breach, found.broken) == (1, Breach.REMOVED, entries[2])


def test_a_removed_beginning_is_found() -> None:
    entries = said(2)
    with unguarded():
        entries[0].delete()
    assert verify().breach is Breach.REMOVED


def test_an_inserted_entry_is_found() -> None:
    _, second = said(2)
    with unguarded():
        AuditEntry.objects.filter(pk=second.pk).delete()
        forged = AuditEntry.objects.create(
            at=NOON, actor="x", action="paused", facts={}, previous="1" * 64, hash="2" * 64
        )
        second.pk = forged.pk + 1
        second.save(force_insert=True)
    found = verify()
    assert (found.breach, found.broken) == (Breach.INSERTED, forged)


def test_a_cut_end_is_found_by_the_hash_that_was_written_down() -> None:
    entries = said(3)
    with unguarded():
        entries[2].delete()
    assert verify().whole
    assert (verify(entries[2].hash).expected, verify(entries[2].hash).whole) == (False, False)


def test_a_hash_written_down_earlier_is_still_there() -> None:
    entries = said(3)
    assert verify(f" {entries[1].hash.upper()} ").whole


def test_a_log_without_guards_is_not_in_order() -> None:
    said()
    if connection.vendor == "postgresql":
        statement = "ALTER TABLE store_auditentry DISABLE TRIGGER audit_keeps_rows"
    else:
        statement = "DROP TRIGGER audit_keeps_updates"
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert (verify().guarded, verify().whole) == (False, False)


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain() -> None:
    def write() -> None:
        for _ in range(5):
            with transaction.atomic():
                record(SYSTEM, Action.PAUSED, now=NOON)

    together(*[write] * 6)
    assert (verify().whole, verify().count) == (True, 30)


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_gap() -> None:
    said()
    with transaction.atomic():
        record(SYSTEM, Action.PAUSED, now=NOON)
        transaction.set_rollback(True)
    said()
    assert (verify().whole, verify().count) == (True, 2)


def test_pages_go_back_and_forth_without_counting() -> None:
    entries = said(5)[::-1]
    newest = queries.page_of(queries.Wanted(), size=2)
    older = queries.page_of(queries.Wanted(), size=2, before=newest.entries[-1].pk)
    again = queries.page_of(queries.Wanted(), size=2, after=older.entries[0].pk)
    assert (newest.entries, newest.newer, newest.older) == (entries[:2], False, True)
    assert (older.entries, older.newer, older.older) == (entries[2:4], True, True)
    assert (again.entries, again.newer) == (entries[:2], False)


def test_the_last_page_has_nothing_older() -> None:
    said(3)
    assert not queries.page_of(queries.Wanted(), size=3).older


def test_entries_are_found_by_what_they_tell() -> None:
    record(Actor("Мария", 7), Action.RELEASED, now=NOON, kind="announcement", subject="abc1")
    record(SYSTEM, Action.PAUSED, now=NOON + timedelta(days=1), kind="channel", subject="vk")
    wanted = [
        queries.Wanted(user=7),
        queries.Wanted(actor="Мария"),
        queries.Wanted(action="released"),
        queries.Wanted(kind="announcement", subject="ab"),
        queries.Wanted(until=NOON + timedelta(hours=1)),
    ]
    assert [[one.subject for one in queries.matching(one)] for one in wanted] == [["abc1"]] * 5
    assert queries.matching(queries.Wanted(since=NOON + timedelta(hours=1))).get().subject == "vk"
