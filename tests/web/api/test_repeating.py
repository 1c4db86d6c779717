"""A request that is sent twice is done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from broadcaster.services.idempotency import ABANDONED, KEPT
from broadcaster.store.models import Announcement, Delivery, IdempotencyKey
from tests.web.api.desk import EXCURSION, Answer, Diary, diary

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("school_1a"),
]


def sent(program: Diary, key: str = "one", **change: object) -> Answer:
    return program.post("/announcements", EXCURSION | change, key=key)


def aged(by: timedelta) -> None:
    row = IdempotencyKey.objects.get()
    IdempotencyKey.objects.filter(pk=row.pk).update(at=row.at - by)


def test_the_first_answer_is_given_again() -> None:
    program = diary()
    first, second = sent(program), sent(program)
    assert (first.status, first.json) == (second.status, second.json)
    assert Announcement.objects.count() == 1


def test_a_repeated_answer_says_so() -> None:
    program = diary()
    marks = [sent(program).headers.get("Idempotency-Replayed") for _ in range(2)]
    assert marks == [None, "true"]


def test_a_repeated_release_sends_once() -> None:
    program = diary()
    for _ in range(3):
        sent(program, release=True)
    assert Delivery.objects.count() == 1


def test_another_body_with_the_same_key_is_refused() -> None:
    program = diary()
    sent(program)
    said = sent(program, title="Другое")
    assert (said.status, said.code) == (422, "idempotency_key_reused")
    assert Announcement.objects.count() == 1


def test_another_path_with_the_same_key_is_refused() -> None:
    program = diary()
    key = sent(program).json["id"]
    assert program.post(f"/announcements/{key}/release", key="one").status == 422


def test_another_key_is_another_request() -> None:
    program = diary()
    sent(program, "one")
    sent(program, "two")
    assert Announcement.objects.count() == 2


def test_another_programs_key_is_its_own() -> None:
    sent(diary())
    sent(diary())
    assert Announcement.objects.count() == 2


def test_what_is_under_way_is_told() -> None:
    program = diary()
    sent(program)
    IdempotencyKey.objects.update(status=0, answer=None)
    said = sent(program)
    assert (said.status, said.code) == (409, "idempotency_under_way")
    assert said.headers["Retry-After"] == "1"


def test_what_was_abandoned_is_done_anew() -> None:
    program = diary()
    sent(program)
    IdempotencyKey.objects.update(status=0, answer=None)
    aged(ABANDONED + timedelta(seconds=1))
    assert sent(program).status == 201


def test_what_was_refused_may_be_sent_again() -> None:
    program = diary()
    assert program.post("/announcements", {}, key="one").status == 422
    assert sent(program, groups=["9Я"]).status == 422
    assert sent(program).status == 201


def test_a_key_is_forgotten_in_time() -> None:
    program = diary()
    sent(program)
    aged(KEPT + timedelta(seconds=1))
    sent(program)
    assert (Announcement.objects.count(), IdempotencyKey.objects.count()) == (2, 1)


@pytest.mark.parametrize("key", ["a" * 129, "с ключом", "a b"])
def test_a_strange_key_is_refused(key: str) -> None:
    said = sent(diary(), key)
    assert (said.status, said.places) == (422, ["header.Idempotency-Key"])


def test_without_a_key_every_request_is_its_own() -> None:
    program = diary()
    for _ in range(2):
        program.post("/announcements", EXCURSION)
    assert (Announcement.objects.count(), IdempotencyKey.objects.count()) == (2, 0)


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_create_one() -> None:
    secret, together = diary().secret, Barrier(6)

    def one(_number: int) -> Answer:
        try:
            together.wait(10)
            return sent(Diary(secret))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(one, range(6)))
    assert Announcement.objects.count() == 1
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.json["id"] for answer in answers if answer.status == 201}) == 1
