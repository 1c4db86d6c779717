"""Our tables and the local VK's answers, held against the published schema of API 5.199.

The schema is not ours and is not kept here: `PLATFORM_SPECS` names a folder with `vk/**`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from broadcaster.contract import Button
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.vk import tables
from broadcaster.sandbox.vk.tables import ERRORS, METHODS, PRACTICE, Field, Method, Token, Type
from channels.vk import Vk, addresses, api, bundles, drafts, errors, files
from channels.vk.errors import CODES, Kind
from tests.lacking import lacking
from tests.sandbox.vk_asking import GROUP, USER, Asking, asking
from tests.sandbox.vk_schema import VkSchema

SPECS = Path(os.environ.get("PLATFORM_SPECS", "/nowhere"))
NO_SCHEMA = (
    "no schema of VK's API here: clone VKCOM/vk-api-schema from GitHub as `vk`, and name the "
    "folder it lies in by PLATFORM_SPECS"
)
NO_DIGEST = (
    "no digest of VK's limits and codes by another hand in PLATFORM_SPECS/derived; what they mean "
    "to us is tested in tests/contract and tests/channels/test_vk_traps.py"
)
pytestmark = pytest.mark.skipif(not (SPECS / "vk").is_dir(), reason=NO_SCHEMA)

PUBLISHED = [name for name in METHODS if name != "execute"]
FIELDS = [(name, field) for name in PUBLISHED for field in METHODS[name].fields]
NOT_IN_THE_SCHEMA = {983, 1051}
"""Codes told by VK's pages and by those who met them."""

CLASSES = {
    Kind.RETRY: "retry",
    Kind.AMBIGUOUS: "ambiguous",
    Kind.QUOTA: "defer",
    Kind.HUMAN: "human",
    Kind.CONFIG: "config",
    Kind.GONE: "recipient_gone",
    Kind.UNSUBSCRIBED: "recipient_unsubscribed",
    Kind.PLACE_LOST: "destination_lost",
    Kind.CONTENT: "content",
    Kind.EXPIRED: "expired",
}


@pytest.fixture(scope="module")
def schema() -> VkSchema:
    return VkSchema(SPECS / "vk")


def derived(name: str) -> Any:
    if not (SPECS / "derived").is_dir():
        lacking(NO_DIGEST)
    return yaml.safe_load((SPECS / "derived" / name).read_text(encoding="utf-8"))["vk"]


def published(schema: VkSchema, method: str, field: str) -> dict[str, Any]:
    [found] = [p for p in schema.method(method)["parameters"] if p["name"] == field]
    return dict(found)


def kinds(told: dict[str, Any]) -> set[Type]:
    """The types of ours that fit a published parameter."""
    if told["type"] == "array":
        of_numbers = told["items"].get("type") == "integer"
        return {Type.INTEGERS} if of_numbers else {Type.STRINGS}
    names = {told["type"]} if isinstance(told["type"], str) else set(told["type"])
    known = {"integer": Type.INTEGER, "string": Type.STRING, "boolean": Type.BOOLEAN}
    return {known[name] for name in names}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_method_is_for_the_tokens_vk_says(schema: VkSchema, name: str) -> None:
    told = set(schema.method(name)["access_token_type"]) & set(Token)
    ours: Method = METHODS[name]
    assert ours.tokens == told or (f"{name} tokens" in PRACTICE and ours.tokens > told)


@pytest.mark.parametrize(("method", "name"), FIELDS)
def test_a_parameter_is_as_published(schema: VkSchema, method: str, name: str) -> None:
    told, ours = published(schema, method, name), METHODS[method].fields[name]
    assert ours.type in kinds(told)
    assert ours.minimum == told.get("minimum")
    assert ours.max_length == told.get("maxLength", 0)
    assert ours.max_items == told.get("maxItems", 0)
    assert ours.required == told.get("required", False) or f"{method} {name}" in PRACTICE


def test_what_differs_from_the_schema_on_purpose_does_differ(schema: VkSchema) -> None:
    random_id: Field = METHODS["messages.send"].fields["random_id"]
    assert random_id.required
    assert not published(schema, "messages.send", "random_id").get("required")
    assert schema.method("wall.post")["access_token_type"] == ["user"]
    assert set(PRACTICE) == {"messages.send random_id", "wall.post tokens"}


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_has_the_published_words(schema: VkSchema, code: int) -> None:
    assert ERRORS[code] == schema.errors()[code]


@pytest.mark.parametrize("kind", Kind)
def test_codes_are_sorted_as_decided(kind: Kind) -> None:
    told = derived("error-classification.yaml")["codes"]
    wanted = set(told[CLASSES[kind]])
    wanted |= {code for code, sort in told["poll"].items() if sort == CLASSES[kind]}
    assert CODES[kind] == wanted


def test_codes_are_real(schema: VkSchema) -> None:
    known = {code for codes in CODES.values() for code in codes}
    assert known - set(schema.errors()) == NOT_IN_THE_SCHEMA


def test_no_code_has_two_meanings() -> None:
    assert len(errors.KINDS) == sum(len(codes) for codes in CODES.values())


def test_limits_are_as_published() -> None:
    told, send = derived("limits.yaml"), METHODS["messages.send"].fields
    ours = {
        "text_chars": send["message"].max_length,
        "payload_chars": send["payload"].max_length,
        "peer_ids": send["peer_ids"].max_items,
        "execute_calls": tables.SCRIPT_CALLS,
        "attachments_per_message": tables.ATTACHMENTS,
        "wall_media": tables.ATTACHMENTS,
        "photo_bytes": tables.PHOTO_BYTES,
        "doc_bytes": tables.DOCUMENT_BYTES,
    }
    assert ours == {name: told[name] for name in ours}
    assert told["rate"]["user_token_per_s"] == tables.USER_RATE


def test_the_channel_keeps_the_limits() -> None:
    told = derived("limits.yaml")
    ours = {
        "text_chars": Vk.traits.max_text,
        "peer_ids": bundles.PEERS,
        "execute_calls": bundles.CALLS,
        "attachments_per_message": drafts.ALBUM,
        "photo_bytes": files.MAX_PHOTO,
        "doc_bytes": Vk.traits.max_attachment,
    }
    assert ours == {name: told[name] for name in ours}


def test_keyboards_are_as_large_as_published() -> None:
    ours = {
        "rows": tables.BELOW_ROWS,
        "per_row": tables.KEYBOARD_ROW,
        "total": tables.BELOW_BUTTONS,
        "inline_rows": tables.INLINE_ROWS,
        "inline_total": tables.INLINE_BUTTONS,
        "label_chars": tables.LABEL,
        "payload_chars": tables.BUTTON_PAYLOAD,
    }
    assert ours == derived("limits.yaml")["keyboard"]
    assert ours["inline_rows"] == drafts.INLINE_ROWS


def test_the_channel_and_the_local_vk_speak_one_version(schema: VkSchema) -> None:
    version = schema._read(schema.folder / "errors.json")["version"]
    assert api.VERSION == tables.VERSION == version
    assert addresses.CHATS == 2_000_000_000


def test_the_keyboard_we_make_is_as_published(schema: VkSchema) -> None:
    buttons = [Button("Ознакомлен(а)", payload="ack"), Button("Сайт", url="https://a.ru/")]
    made = json.loads(drafts.keyboard(buttons))
    schema.of("messages/objects.json#/definitions/messages_keyboard").validate(made)


async def test_answers_about_messages_are_as_published(schema: VkSchema) -> None:
    async with asking(Fault(FaultKind.BLOCKED, address="2")) as ask:
        check = checking(schema, ask)
        send = {"message": "Привет", "random_id": 1}
        await check("messages.send", "userIdsResponse", peer_ids="1,2", **send)
        await check("messages.send", "deprecatedResponse", peer_id=3, **send)
        await check("messages.edit", peer_id=1, cmid=1, message="Поправка")
        await check("messages.delete", peer_id=1, cmids=1, delete_for_all=1)
        asked = {"group_id": GROUP, "user_id": 1}
        await check("messages.isMessagesFromGroupAllowed", **asked)


async def test_answers_about_files_are_as_published(schema: VkSchema) -> None:
    async with asking() as ask:
        check = checking(schema, ask)
        server = await check("photos.getMessagesUploadServer", peer_id=1)
        told = await ask.upload(server, "photo", "a.jpg", b"jpeg")
        await check("photos.saveMessagesPhoto", **told)
        server = await check("photos.getWallUploadServer", token=USER, group_id=GROUP)
        told = await ask.upload(server, "photo", "a.jpg", b"jpeg")
        await check("photos.saveWallPhoto", token=USER, group_id=GROUP, **told)
        await check("docs.getWallUploadServer", group_id=GROUP)
        server = await check("docs.getMessagesUploadServer", peer_id=1)
        told = await ask.upload(server, "file", "a.pdf", b"%PDF")
        await check("docs.save", file=told["file"])


async def test_answers_about_the_wall_and_the_community_are_as_published(
    schema: VkSchema,
) -> None:
    async with asking() as ask:
        check = checking(schema, ask)
        posted = await check("wall.post", owner_id=-GROUP, message="Каток")
        ids = {"owner_id": -GROUP, **posted["response"]}
        await check("wall.edit", token=USER, message="Лёд", **ids)
        await check("wall.delete", token=USER, **ids)
        await check("groups.getById", group_id=GROUP)
        await check("groups.getTokenPermissions")


async def test_an_error_is_as_published(schema: VkSchema) -> None:
    async with asking() as ask:
        error = (await ask("messages.fly"))["error"]
        schema.of("base/objects.json#/definitions/base_error").validate(
            {"inner_type": "base_error", **error}
        )


def test_the_schema_would_notice_a_wrong_answer(schema: VkSchema) -> None:
    validator = schema.response("messages.send", "userIdsResponse")
    assert validator.is_valid({"response": []})
    assert not validator.is_valid({})
    assert not validator.is_valid({"response": [{"peer_id": 1, "message_id": 1}]})
    assert not validator.is_valid({"response": [{"peer_id": "1"}]})


def checking(schema: VkSchema, ask: Asking) -> Any:
    async def check(method: str, kind: str = "response", **form: Any) -> Any:
        answer = await ask(method, **form)
        schema.response(method, kind).validate(answer)
        return answer

    return check
