"""The log of the audit in the school's words: nothing of ours is left in English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from broadcaster.audit_words import actor_word, fact_words
from broadcaster.config import ROOT
from broadcaster.services.audit import COMMAND_LINE, STRANGER, SYSTEM, Actor
from broadcaster.services.first_start import FIRST_START

SERVICES = ROOT / "broadcaster" / "services"
ABOUT = {"now", "kind", "subject", "seen", "by"}
ENGLISH = re.compile(r"[A-Za-z]{2}")


@pytest.mark.parametrize("actor", [COMMAND_LINE, STRANGER, SYSTEM, FIRST_START], ids=str)
def test_who_is_no_person_is_named_in_russian(actor: Actor) -> None:
    assert not ENGLISH.search(actor_word(actor.name))


def test_what_an_import_added_is_told_in_russian() -> None:
    kinds = ("groups", "pupils", "guardians", "addresses", "destinations")
    (line,) = fact_words({"new": dict.fromkeys(kinds, 1)})
    assert not ENGLISH.search(line)


def recorded() -> Iterator[tuple[str, ast.expr]]:
    """Each fact that some service puts on record, with the expression of its value."""
    trees = (ast.parse(path.read_text("utf-8")) for path in SERVICES.rglob("*.py"))
    for call in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        if {"now", "kind", "subject"} <= given.keys() or {"now", "what"} <= given.keys():
            yield from ((name, given[name]) for name in given.keys() - ABOUT)


def test_every_fact_that_is_put_on_record_has_its_words() -> None:
    facts = list(recorded())
    assert len(facts) > 50
    assert {name for name, _ in facts if ENGLISH.search(fact_words({name: ""})[0])} == set()


def test_every_change_that_is_put_on_record_has_its_words() -> None:
    told = {
        word.value
        for name, value in recorded()
        if name == "what"
        for word in ast.walk(value)
        if isinstance(word, ast.Constant)
    }
    assert len(told) > 10
    assert {one for one in told if ENGLISH.search(fact_words({"what": one})[0])} == set()
