"""Our tables of the Bot API against its published description, where that is at hand.

Set PLATFORM_SPECS to a folder with `telegram/api.json` (PaulSonOfLars/telegram-bot-api-spec).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from telegram.error import BadRequest, Forbidden

from broadcaster.contract import Deferred, Outcome, Rejected, Unreachable
from broadcaster.sandbox.telegram.tables import (
    ALBUM_ITEMS,
    BUTTON_ACTIONS,
    BUTTON_LOOKS,
    METHODS,
    Fields,
    Type,
)
from channels.telegram.errors import outcome_of
from tests.lacking import lacking

SPEC = Path(os.environ.get("PLATFORM_SPECS", "/nonexistent"), "telegram", "api.json")
CLASSES = SPEC.parents[1] / "derived" / "error-classification.yaml"
NO_SPEC = (
    "no description of the Bot API here: clone PaulSonOfLars/telegram-bot-api-spec from GitHub as "
    "`telegram`, and name the folder it lies in by PLATFORM_SPECS"
)
NO_CLASSES = (
    "no classes of refusals by another hand: PLATFORM_SPECS/derived/error-classification.yaml; "
    "our own words are tested in tests/channels/test_telegram_refusals.py"
)
pytestmark = pytest.mark.skipif(not SPEC.is_file(), reason=NO_SPEC)
SIMPLE = {
    ("Integer",): Type.INTEGER,
    ("String",): Type.STRING,
    ("Boolean",): Type.BOOLEAN,
    ("Integer", "String"): Type.PLACE,
    ("InputFile", "String"): Type.FILE,
    ("Array of Integer",): Type.INTEGERS,
    ("Array of String",): Type.STRINGS,
}


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return json.loads(SPEC.read_text(encoding="utf-8"))


def described(fields: list[dict[str, Any]]) -> dict[str, tuple[Type, bool]]:
    return {one["name"]: (type_of(one["types"]), one["required"]) for one in fields}


def type_of(types: list[str]) -> Type:
    if simple := SIMPLE.get(tuple(types)):
        return simple
    arrays = all(one.startswith("Array of ") for one in types)
    return Type.OBJECTS if arrays else Type.OBJECT


def ours(fields: Fields) -> dict[str, tuple[Type, bool]]:
    return {name: (field.type, field.required) for name, field in fields.items()}


@pytest.mark.parametrize("method", METHODS)
def test_a_methods_parameters_are_those_of_the_api(spec: dict[str, Any], method: str) -> None:
    assert ours(METHODS[method]) == described(spec["methods"][method].get("fields", []))


@pytest.mark.parametrize("kind", ALBUM_ITEMS)
def test_an_albums_items_have_the_fields_of_the_api(spec: dict[str, Any], kind: str) -> None:
    fields = spec["types"][f"InputMedia{kind.title()}"]["fields"]
    assert ours(ALBUM_ITEMS[kind]) == described(fields)


def test_buttons_have_the_fields_of_the_api(spec: dict[str, Any]) -> None:
    fields = spec["types"]["InlineKeyboardButton"]["fields"]
    assert {one["name"] for one in fields} == BUTTON_ACTIONS | BUTTON_LOOKS


OUTCOMES: dict[str, type[Outcome]] = {
    "content": Rejected,
    "recipient_gone": Unreachable,
    "recipient_unsubscribed": Unreachable,
    "destination_lost": Unreachable,
    "retry": Deferred,
}
"""What the collected classes of errors are to us; the others are of edits, or have no words."""


def test_refusals_mean_what_the_collected_classes_say() -> None:
    if not CLASSES.is_file():
        lacking(NO_CLASSES)
    collected = yaml.safe_load(CLASSES.read_text(encoding="utf-8"))["telegram"]["rules"]
    kinds = {400: BadRequest, 403: Forbidden}
    meant = {
        (rule["http"], rule.get("description", "")): OUTCOMES[rule["class"]]
        for rule in collected
        if rule.get("http") in kinds and rule["class"] in OUTCOMES
        if "message to" not in rule.get("description", "")
    }
    ours = {(status, words): type(outcome_of(kinds[status](words), ())) for status, words in meant}
    assert len(meant) >= 20
    assert ours == meant
