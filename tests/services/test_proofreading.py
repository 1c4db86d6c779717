"""A draft read before it is released: how it looks, what is wrong, what to know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest

from broadcaster.contract import Capability, DataClass, Markup, Secret
from broadcaster.domain.cautions import Caution, Kind
from broadcaster.services.outlets import Office
from broadcaster.services.proofreading import (
    WORDS,
    Proof,
    caution_words,
    proof_of,
    sample_of,
)
from broadcaster.store.models import Announcement, AnnouncementFile
from tests.school import announcement, pupil
from tests.services.stage import Platform, office, outlet

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@dataclass(frozen=True)
class Keyed:
    token: Secret


ALPHA = outlet(Platform(), "alpha", max_text=300, max_caption=300)
PLACES = frozenset({Capability.ATTACHMENTS, Capability.DESTINATIONS})
SITE = outlet(Platform(), "site", markup=Markup.SITE, carries=DataClass.PUBLIC, capabilities=PLACES)
MAIL = outlet(Platform(), "email", markup=Markup.MAIL)


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(ALPHA, SITE, MAIL, files=tmp_path)


def proof(desk: Office, draft: UUID, *, on: Office | None = None) -> Proof:
    return proof_of(on or desk, desk, draft)


def kinds(found: Proof) -> set[Kind]:
    return {caution.kind for caution in found.cautions}


def attached(draft: UUID, name: str = "план.pdf", kind: str = "application/pdf") -> None:
    AnnouncementFile.objects.create(
        announcement_id=draft, position=0, name=name, media_type=kind, size=5, digest="ab" * 32
    )


def test_every_channel_has_its_sample(desk: Office) -> None:
    found = proof(desk, announcement("1А"))
    assert [sample.outlet.name for sample in found.samples] == ["alpha", "site", "email"]
    assert "Завтра идём в музей" in found.samples[0].texts[0]
    assert (found.mistakes, found.cautions) == ((), ())


def test_only_the_chosen_channels_are_shown(desk: Office) -> None:
    found = proof(desk, announcement("1А", channels=["email"]))
    assert [sample.outlet.name for sample in found.samples] == ["email"]


def test_a_channel_that_is_off_is_shown_last(desk: Office) -> None:
    found = proof(desk, announcement("1А"), on=office(MAIL))
    assert [sample.outlet.name for sample in found.samples] == ["email", "alpha", "site"]
    assert found.on == {"email"}


def test_a_chosen_channel_that_is_off_is_told(desk: Office) -> None:
    found = proof(desk, announcement("1А", channels=["alpha", "email"]), on=office(MAIL))
    assert [one.kind for one in found.of("alpha")] == [Kind.CHANNEL_OFF]


def test_an_empty_draft_has_no_samples_and_says_so(desk: Office) -> None:
    found = proof(desk, announcement("1А", title="", body=" \n"))
    assert found.samples == found.mistakes == ()
    assert kinds(found) == {Kind.NO_TITLE, Kind.NO_BODY}


def test_a_missing_title_does_not_hide_the_samples(desk: Office) -> None:
    found = proof(desk, announcement("1А", title=""))
    assert len(found.samples) == 3
    assert kinds(found) == {Kind.NO_TITLE}


def test_a_mistake_is_told_once_with_its_line(desk: Office) -> None:
    found = proof(desk, announcement("1А", body="Раз.\nДва {{ возраст }}."))
    assert found.samples == ()
    [mistake] = found.mistakes
    assert mistake.words.startswith("Строка 2: ")
    assert mistake.channel == ""


def test_a_long_text_is_counted_in_messages(desk: Office) -> None:
    found = proof(desk, announcement("1А", body="Слово. " * 100))
    [told] = found.of("alpha")
    assert told.kind is Kind.PARTS
    assert told.number == len(found.samples[0].texts) > 1
    assert "сообщени" in caution_words(told)


def test_a_child_of_the_roll_is_named(desk: Office) -> None:
    pupil("Маша Сергеева", "1А")
    found = proof(desk, announcement("1А", body="Маше Сергеевой — браво!"))
    [told] = found.of("")
    assert told == Caution(Kind.NAMES, names=("Маша Сергеева",), channels=("site",))
    assert caution_words(told).endswith("; не получат: сайт.")


def test_a_text_to_each_one_has_no_public_sample(desk: Office) -> None:
    found = proof(desk, announcement("1А", body="{{ имя }}, ждём вас!"))
    assert [sample.outlet.name for sample in found.samples] == ["alpha", "email"]
    assert "Анна Петровна, ждём вас!" in found.samples[0].texts[0]
    assert kinds(found) == {Kind.HOLES}


def test_a_link_in_clear_is_told(desk: Office) -> None:
    found = proof(desk, announcement("1А", body="Меню: http://school.example/menu."))
    assert [one.names for one in found.cautions] == [("http://school.example/menu",)]


def test_a_picture_without_a_description_is_told(desk: Office) -> None:
    draft = announcement("1А")
    attached(draft, "ёлка.jpg", "image/jpeg")
    assert kinds(proof(desk, draft)) == {Kind.NO_DESCRIPTION}


def test_a_channel_whose_key_is_missing_is_told(desk: Office) -> None:
    bare = replace(ALPHA, config=Keyed(Secret("")))
    keyed = replace(ALPHA, name="keyed", config=Keyed(Secret("x")))
    here = replace(desk, outlets={"alpha": bare, "keyed": keyed})
    found = proof(here, announcement("1А"))
    assert [one.kind for one in found.of("alpha")] == [Kind.NO_KEY]
    assert found.of("keyed") == ()


def test_one_channel_can_be_shown_alone(desk: Office) -> None:
    sample = sample_of(desk, desk, announcement("1А"), "email")
    assert sample is not None
    assert "<h1" in sample.html


def test_a_channel_that_is_not_there_shows_nothing(desk: Office) -> None:
    assert sample_of(desk, desk, announcement("1А"), "pigeon") is None


def test_looking_changes_nothing(desk: Office) -> None:
    draft = announcement("1А")
    before = Announcement.objects.filter(pk=draft).values().get()
    proof(desk, draft)
    assert Announcement.objects.filter(pk=draft).values().get() == before


@pytest.mark.parametrize("kind", Kind)
def test_every_caution_has_whole_words(kind: Kind) -> None:
    names = tuple(f"Имя {number}" for number in range(7))
    words = caution_words(Caution(kind, "vk", names, ("site",), number=2, limit=4096))
    assert "{" not in words
    assert words.endswith(".")
    assert words[0].isupper()


def test_a_long_list_of_names_is_cut() -> None:
    names = tuple(f"Имя {number}" for number in range(7))
    assert "и ещё 2" in caution_words(Caution(Kind.NAMES, names=names))


def test_words_are_there_for_every_kind() -> None:
    assert WORDS.keys() == set(Kind)
