"""The sample school is whole: people, places, faults and announcements agree with each other."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from broadcaster.sandbox.faultfile import Planned, read_faults
from broadcaster.sandbox.faults import FaultKind
from channels.email.address import normalise as email_address
from channels.telegram.address import normalise as telegram_address
from channels.vk.addresses import normalise as vk_address

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
CHANNELS = ("telegram", "vk", "email")
NORMALISE = {"telegram": telegram_address, "vk": vk_address, "email": email_address}
COLUMNS = "группа;ребёнок;родитель;telegram;vk;email;предпочитает;согласие;источник согласия"
CLASSES = {"1А", "2Б", "3В", "7А", "Капельки"}

Row = dict[str, str]
Person = tuple[str, ...]


def table(name: str) -> list[Row]:
    with (EXAMPLES / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


PEOPLE = table("people.csv")
DESTINATIONS = table("destinations.csv")
FAULTS = read_faults(EXAMPLES / "sandbox.yaml", platforms=CHANNELS)


def addresses(row: Row) -> dict[str, str]:
    return {channel: row[channel] for channel in CHANNELS if row[channel]}


def person(row: Row) -> Person:
    """The same guardian: name and addresses, or name and pupil where there are no addresses."""
    return (row["родитель"], *(addresses(row).values() or (row["ребёнок"],)))


def people() -> dict[Person, Row]:
    return {person(row): row for row in PEOPLE}


def groups(row: Row) -> set[str]:
    return set(row["группа"].split(","))


def faults(platform: str, kind: FaultKind) -> list[Planned]:
    return [each for each in FAULTS if (each.platform, each.fault.kind) == (platform, kind)]


def owners(fault: Planned) -> list[Row]:
    return [row for row in people().values() if row[fault.platform] == fault.fault.address]


def announcement(name: str) -> tuple[dict[str, Any], str]:
    _start, head, body = (EXAMPLES / name).read_text("utf-8").split("---\n", 2)
    return yaml.safe_load(head), body.strip()


def holes(body: str) -> Iterator[str]:
    return (found.strip() for found in re.findall(r"\{\{(.*?)\}\}", body))


@pytest.mark.parametrize("name", ["people.csv", "destinations.csv"])
def test_tables_open_in_excel_as_they_are(name: str) -> None:
    content = (EXAMPLES / name).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n")


def test_people_have_the_columns_of_the_import() -> None:
    assert ";".join(PEOPLE[0]) == COLUMNS


def test_destinations_have_the_columns_of_the_import() -> None:
    assert ";".join(DESTINATIONS[0]) == "группа;канал;адрес;название;данные"


def test_the_school_is_large_enough_to_be_real() -> None:
    assert {group for row in PEOPLE for group in groups(row)} >= CLASSES
    assert len({(row["группа"], row["ребёнок"]) for row in PEOPLE}) >= 80
    assert len(people()) >= 120


def test_no_relation_is_there_twice() -> None:
    relations = Counter((row["ребёнок"], person(row)) for row in PEOPLE)
    assert max(relations.values()) == 1


def test_pupils_are_known_by_as_little_as_possible() -> None:
    assert all(re.fullmatch(r"[А-ЯЁ][а-яё]+ [А-ЯЁ]\.", row["ребёнок"]) for row in PEOPLE)


def test_fathers_and_mothers_have_the_endings_of_their_names() -> None:
    for row in PEOPLE:
        _first, patronymic, surname = row["родитель"].split()
        woman = patronymic.endswith("на")
        assert woman or patronymic.endswith("ич")
        if re.search(r"(ов|ев|ёв|ин|ын|ова|ева|ёва|ина|ая|ый)$", surname):
            assert surname.endswith(("а", "ая")) is woman, row["родитель"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_addresses_are_spelled_as_the_channel_spells_them(channel: str) -> None:
    assert all(NORMALISE[channel](row[channel]) == row[channel] for row in PEOPLE if row[channel])


def test_no_mailbox_can_belong_to_anybody() -> None:
    domains = {row["email"].partition("@")[2] for row in PEOPLE if row["email"]}
    assert domains <= {"example.com", "example.net", "example.org"}


def test_some_have_every_channel_and_some_have_none() -> None:
    mixture = Counter(len(addresses(row)) for row in people().values())
    assert set(mixture) == {0, 1, 2, 3}


def test_people_prefer_only_what_they_have() -> None:
    wishes = [row for row in PEOPLE if row["предпочитает"]]
    assert wishes
    assert all(row[row["предпочитает"]] for row in wishes)


def test_three_guardians_have_not_consented() -> None:
    without = [row for row in people().values() if not row["согласие"]]
    assert len(without) == 3
    assert all(addresses(row) and not row["источник согласия"] for row in without)


def test_consents_have_a_date_and_a_source() -> None:
    consents = [row for row in PEOPLE if row["согласие"]]
    assert all(date.fromisoformat(row["согласие"]) for row in consents)
    assert all(row["источник согласия"] for row in consents)


def test_two_guardians_of_a_pupil_share_a_mailbox() -> None:
    sharers = defaultdict(set)
    for row in PEOPLE:
        if row["email"]:
            sharers[row["ребёнок"], row["email"]].add(row["родитель"])
    assert sum(len(names) == 2 for names in sharers.values()) == 1


def test_some_guardians_have_children_in_two_groups() -> None:
    families = defaultdict(set)
    for row in PEOPLE:
        families[person(row)].add(row["группа"])
    assert sum(len(places) > 1 for places in families.values()) >= 1


def test_every_kind_of_destination_is_there() -> None:
    assert {row["канал"] for row in DESTINATIONS} == {"site", "vk", "telegram"}
    assert {row["данные"] for row in DESTINATIONS} == {"public", "closed"}
    assert {row["группа"] for row in DESTINATIONS} >= CLASSES | {""}


def test_destinations_are_spelled_as_the_channel_spells_them() -> None:
    places = [row for row in DESTINATIONS if row["канал"] in NORMALISE]
    assert all(NORMALISE[row["канал"]](row["адрес"]) == row["адрес"] for row in places)


def test_three_have_blocked_the_bot_and_one_of_them_has_nothing_else() -> None:
    blocked = [owners(fault)[0] for fault in faults("telegram", FaultKind.BLOCKED)]
    assert len(blocked) == 3
    assert sum(set(addresses(row)) == {"telegram"} for row in blocked) == 1


def test_three_mailboxes_are_dead() -> None:
    assert len(faults("email", FaultKind.GONE)) == 3


def test_two_have_not_let_the_community_write() -> None:
    assert len(faults("vk", FaultKind.BLOCKED)) == 2


def test_people_who_refuse_do_so_for_ever() -> None:
    lasting = {FaultKind.BLOCKED, FaultKind.GONE}
    assert all(f.fault.times is None for f in FAULTS if f.fault.kind in lasting)


def test_one_letter_is_greylisted_once() -> None:
    (fault,) = faults("email", FaultKind.DEFER)
    assert fault.fault.times == 1


def test_telegram_asks_once_to_wait_a_second() -> None:
    (fault,) = faults("telegram", FaultKind.RATE_LIMIT)
    assert (fault.fault.times, fault.fault.seconds) == (1, 1)


def test_every_fault_meets_one_person_who_has_consented() -> None:
    assert all([bool(row["согласие"]) for row in owners(fault)] == [True] for fault in FAULTS)


@pytest.mark.parametrize("importance", ["routine", "important", "urgent"])
def test_announcements_say_how_important_they_are_and_for_whom(importance: str) -> None:
    head, body = announcement(f"{importance}.md")
    assert head["importance"] == importance
    assert head["title"]
    assert set(head["to"]) <= CLASSES
    assert body


def test_the_important_one_is_for_every_class_with_both_files() -> None:
    head, body = announcement("important.md")
    assert set(head["to"]) == CLASSES
    assert head["attachments"] == ["photo.jpg", "memo.pdf"]
    assert 900 <= len(body) <= 1500


def test_the_important_one_shows_what_markdown_can_do() -> None:
    _head, body = announcement("important.md")
    for mark in ("\n## ", "\n- ", "\n1. ", "**112**", "](https://"):
        assert mark in body


def test_the_routine_one_greets_by_name() -> None:
    assert list(holes(announcement("routine.md")[1])) == ["имя"]


def test_the_photo_is_light_enough_for_every_channel() -> None:
    photo = EXAMPLES / "photo.jpg"
    assert photo.stat().st_size <= 150_000
    with Image.open(photo) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1200, 800))


def test_the_memo_is_a_light_document() -> None:
    memo = (EXAMPLES / "memo.pdf").read_bytes()
    assert memo.startswith(b"%PDF-")
    assert len(memo) <= 200_000
