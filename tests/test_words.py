"""The log of the audit in the school's words: nothing of ours is left in English."""

from __future__ import annotations

import re

import pytest

from broadcaster.services.audit import COMMAND_LINE, STRANGER, SYSTEM, Actor
from broadcaster.services.first_start import FIRST_START
from broadcaster.words import actor_word, fact_words

ENGLISH = re.compile(r"[A-Za-z]{2}")


@pytest.mark.parametrize("actor", [COMMAND_LINE, STRANGER, SYSTEM, FIRST_START], ids=str)
def test_who_is_no_person_is_named_in_russian(actor: Actor) -> None:
    assert not ENGLISH.search(actor_word(actor.name))


def test_what_an_import_added_is_told_in_russian() -> None:
    kinds = ("groups", "pupils", "guardians", "addresses", "destinations")
    (line,) = fact_words({"new": dict.fromkeys(kinds, 1)})
    assert not ENGLISH.search(line)
