"""Calls to other programs: where they may go, how they are signed, when they are tried again."""

from __future__ import annotations

from base64 import b64encode

import pytest

from broadcaster.domain.calls import (
    LONGEST_WAIT,
    MOST_TRIES,
    Unsafe,
    may_call,
    signature,
    unsafe_url,
    wait_after,
)

PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
NEIGHBOURS = ["10.0.0.5", "192.168.1.2", "172.16.0.1", "127.0.0.1", "::1", "fd00::1"]
WRAPPED = ["::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]
NEVER = ["169.254.169.254", "fe80::1%eth0", "224.0.0.1", "0.0.0.0", "::", "::ffff:169.254.169.254"]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_called(address: str) -> None:
    assert may_call(address, allow_private=False)


@pytest.mark.parametrize("address", [*NEIGHBOURS, *WRAPPED, *NEVER])
def test_a_neighbour_may_not_be_called(address: str) -> None:
    assert not may_call(address, allow_private=False)


@pytest.mark.parametrize("address", [*NEIGHBOURS, *WRAPPED])
def test_a_school_may_allow_its_neighbours(address: str) -> None:
    assert may_call(address, allow_private=True)


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_may_never_be_called(address: str) -> None:
    assert not may_call(address, allow_private=True)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://diary.example/hook?school=1", None),
        ("https://diary.example:8443/", None),
        ("http://diary.example/", Unsafe.NOT_HTTPS),
        ("http://localhost:8000/", Unsafe.PRIVATE),
        ("https://127.0.0.1/", Unsafe.PRIVATE),
        ("https://[::1]/", Unsafe.PRIVATE),
        ("https://10.1.2.3/", Unsafe.PRIVATE),
        ("https://localhost./", Unsafe.PRIVATE),
        ("https://127.0.0.1./", Unsafe.PRIVATE),
        ("https://2130706433/", Unsafe.PRIVATE),
        ("https://0X7F000001/", Unsafe.PRIVATE),
        ("https://0177.0.0.1/", Unsafe.PRIVATE),
        ("https://127.1:8443/", Unsafe.PRIVATE),
        ("https://1.diary2.example1/", None),
        ("https://user:word@diary.example/", Unsafe.CREDENTIALS),
        ("ftp://diary.example/", Unsafe.NOT_WEB),
        ("file:///etc/passwd", Unsafe.NOT_WEB),
        ("https://", Unsafe.NOT_WEB),
        ("https://diary.example:port/", Unsafe.NOT_WEB),
        ("https://diary.example/\nHost: other", Unsafe.NOT_WEB),
        ("https://дневник.рф/", Unsafe.NOT_WEB),
        ("https://diary.example/" + "a" * 500, Unsafe.NOT_WEB),
    ],
)
def test_an_address_is_judged_before_it_is_kept(url: str, why: Unsafe | None) -> None:
    assert unsafe_url(url, allow_private=False) == why


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://localhost:8000/", None),
        ("http://127.0.0.1:8000/", None),
        ("https://10.1.2.3/", None),
        ("http://10.1.2.3/", Unsafe.NOT_HTTPS),
    ],
)
def test_only_this_machine_may_do_without_https(url: str, why: Unsafe | None) -> None:
    assert unsafe_url(url, allow_private=True) == why


def test_a_signature_is_the_one_of_standard_webhooks() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = signature(
        secret,
        call="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_another_body_has_another_signature() -> None:
    secret = "whsec_" + b64encode(b"k" * 32).decode()
    made = {signature(secret, call="a", timestamp=1, body=body) for body in (b"one", b"two")}
    assert len(made) == 2


def test_waits_grow_and_end() -> None:
    waits = [wait_after(tries) for tries in range(1, MOST_TRIES + 1)]
    assert waits[-1] is None
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known)
    assert known[-1] <= LONGEST_WAIT
