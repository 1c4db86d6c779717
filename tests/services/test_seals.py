"""A faster signature is the same signature."""

from __future__ import annotations

import pytest
from django.core.signing import BadSignature, Signer
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.services.seals import Seal


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_seal_signs_as_django_does(value: str) -> None:
    assert Seal(salt="door").sign(value) == Signer(salt="door").sign(value)


def test_a_seal_of_another_door_is_not_accepted() -> None:
    with pytest.raises(BadSignature):
        Seal(salt="window").unsign(Seal(salt="door").sign("7"))


def test_a_value_changed_after_signing_is_not_accepted() -> None:
    with pytest.raises(BadSignature):
        Seal(salt="door").unsign("8" + Seal(salt="door").sign("7")[1:])
