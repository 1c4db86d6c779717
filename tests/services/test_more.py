"""What only the site shows: kept, checked, led to, and told of when nobody would see it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from broadcaster.contract import Capability, DataClass, Markup
from broadcaster.domain.cautions import Kind
from broadcaster.domain.permissions import Role
from broadcaster.domain.policy import Importance
from broadcaster.domain.states import State
from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.services.announcing import save_draft
from broadcaster.services.contents import text_of
from broadcaster.services.drafting import read_draft
from broadcaster.services.drafts import Written, make_draft, repeat, sheet_for, write_draft
from broadcaster.services.drafts_ready import lacks
from broadcaster.services.front_matter import DraftRefused
from broadcaster.services.outlets import Office
from broadcaster.services.proofreading import proof_of
from broadcaster.services.release import forecast, release
from broadcaster.services.repeats import twin_of
from broadcaster.store.models import Delivery, Revision
from tests import school
from tests.services.stage import Platform, drained, office, outlet
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
MORE = "## Почему\n\nОн тонкий."
PLACES = frozenset({Capability.ATTACHMENTS, Capability.DESTINATIONS})
SITE = replace(
    outlet(Platform(), "site", markup=Markup.SITE, carries=DataClass.PUBLIC, capabilities=PLACES),
    page_of="https://school.example/site/a/{}.html".format,
)


@pytest.fixture
def alpha() -> Platform:
    return Platform()


@pytest.fixture
def desk(alpha: Platform) -> Office:
    return office(outlet(alpha), SITE)


@pytest.fixture
def section() -> None:
    """1А has its own section of the site."""
    school.destination("site", "1a", data_class=DataClass.PUBLIC)


def draft(*groups: str, **also: Any) -> UUID:
    return school.announcement(*(groups or ("1А",)), **({"more": MORE} | also))


def page(desk: Office, key: UUID) -> str:
    return text_of(desk, key).page


def kinds(desk: Office, key: UUID, on: Office | None = None) -> set[Kind]:
    return {caution.kind for caution in proof_of(on or desk, desk, key).cautions}


# Where it is kept ---------------------------------------------------------------------------


def test_a_draft_keeps_it() -> None:
    author = member(Role.TEACHER, "1А")
    key = make_draft(author, now=NOW)
    write_draft(author, key, Written(title="Лёд", more=MORE), version=0)
    assert sheet_for(author, key).written.more == MORE


def test_a_change_of_it_alone_is_a_change() -> None:
    author = member(Role.TEACHER, "1А")
    key = make_draft(author, now=NOW)
    write_draft(author, key, Written(title="Лёд"), version=0)
    assert write_draft(author, key, Written(title="Лёд", more=MORE), version=1).version == 2


def test_it_is_kept_without_what_no_platform_takes() -> None:
    author = member(Role.TEACHER, "1А")
    key = make_draft(author, now=NOW)
    write_draft(author, key, Written(more="Лёд\u202e\r\nтонкий\0"), version=0)
    assert sheet_for(author, key).written.more == "Лёд\nтонкий"


def test_a_repetition_has_it_too() -> None:
    author = member(Role.TEACHER, "1А")
    key = make_draft(author, now=NOW)
    write_draft(author, key, Written(title="Лёд", body="Тонкий.", more=MORE), version=0)
    assert sheet_for(author, repeat(author, key, now=NOW)).written.more == MORE


def test_another_addition_makes_it_another_announcement() -> None:
    school.announcement("1А", more="Иначе", released_at=NOW)
    assert twin_of(draft(), now=NOW) is None


# What is written into a file ----------------------------------------------------------------


def read(desk: Office, folder: Path, body: str) -> Any:
    file = folder / "лёд.md"
    file.write_text(f"---\ntitle: Лёд\nto: 1А\n---\n{body}", "utf-8")
    return read_draft(desk, file)


def test_a_file_has_it_below_the_line_for_the_site(desk: Office, tmp_path: Path) -> None:
    school.group("1А")
    made = read(desk, tmp_path, f"Тонкий.\n\n<!-- site -->\n{MORE}\n")
    assert (made.body, made.more) == ("Тонкий.", MORE)
    key = save_draft(desk, made, now=NOW)
    assert Revision.objects.get(announcement=key).more == MORE


def test_a_file_without_the_line_has_none(desk: Office, tmp_path: Path) -> None:
    assert read(desk, tmp_path, "Тонкий <!-- site --> лёд.").more == ""


def test_a_hole_below_the_line_is_refused_with_its_line(desk: Office, tmp_path: Path) -> None:
    with pytest.raises(DraftRefused) as refused:
        read(desk, tmp_path, "Тонкий.\n\n<!-- site -->\n\nДа, {{ имя }}!")
    assert [problem.where for problem in refused.value.problems] == ["строка 9"]


def test_nothing_above_the_line_is_no_text(desk: Office, tmp_path: Path) -> None:
    with pytest.raises(DraftRefused) as refused:
        read(desk, tmp_path, f"<!-- site -->\n{MORE}")
    assert [problem.where for problem in refused.value.problems] == ["текст"]


# What is checked ----------------------------------------------------------------------------


def test_a_name_in_it_makes_the_announcement_personal(desk: Office) -> None:
    school.guardian("Мария Королёва", alpha="1")
    seen = forecast(desk, draft(more="Спасибо Марии Королёвой!"), now=NOW)
    assert (seen.data_class, seen.names) == (DataClass.PERSONAL, ("Мария Королёва",))


@pytest.mark.usefixtures("section")
def test_a_name_in_it_keeps_the_announcement_off_the_site(desk: Office) -> None:
    school.guardian("Мария Королёва", alpha="1")
    release(desk, draft(more="Спасибо Марии Королёвой!"), now=NOW)
    assert Delivery.objects.get(channel="site").state == State.SKIPPED


def test_names_do_not_run_together_from_the_text_into_it(desk: Office) -> None:
    school.guardian("Мария Королёва", alpha="1")
    seen = forecast(desk, draft(body="Спасибо, Мария", more="Королёва гора"), now=NOW)
    assert seen.names == ()


def test_a_hole_in_it_is_released_nowhere(desk: Office) -> None:
    school.guardian("Мария", alpha="1")
    with pytest.raises(BodyMistake):
        release(desk, draft(more="Да, {{ имя }}!"), now=NOW)
    assert not Delivery.objects.exists()


def test_a_hole_in_it_is_told_beside_its_field(desk: Office) -> None:
    written = Written(title="Лёд", body="Тонкий.", more="Раз\n{{ имя }}", people=frozenset({1}))
    [lack] = lacks(desk, written, now=NOW)
    assert (lack.field, "строка 2" in lack.words) == ("more", True)


def test_a_link_in_it_is_looked_at(desk: Office) -> None:
    key = draft(more="[Подробно](http://school.example/)")
    assert Kind.LINK_IN_CLEAR in kinds(desk, key)


# The way to it ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_messages_lead_to_the_page_of_the_site(desk: Office, alpha: Platform) -> None:
    school.destination("site", "1a", data_class=DataClass.PUBLIC)
    school.guardian(alpha="1")
    key = draft()
    release(desk, key, now=NOW)
    drained(desk)
    [envelope] = alpha.arrived
    said = envelope.content.texts[0].fill({})
    assert f"Подробнее на сайте — https://school.example/site/a/{key}.html" in said
    assert "Он тонкий" not in said


@pytest.mark.usefixtures("section")
def test_a_draft_leads_there_before_it_is_released(desk: Office) -> None:
    assert page(desk, draft())


@pytest.mark.usefixtures("section")
@pytest.mark.parametrize(
    "different",
    [
        {"more": ""},
        {"body": "Дорогие {{ имя }}!"},
        {"channels": ["alpha"]},
        {"data_class": DataClass.CLOSED},
    ],
    ids=lambda different: next(iter(different)),
)
def test_what_the_site_will_not_show_has_no_way_there(
    different: dict[str, Any], desk: Office
) -> None:
    assert page(desk, draft(**different)) == ""


@pytest.mark.usefixtures("section")
def test_a_site_that_is_switched_off_has_no_page() -> None:
    assert page(office(Platform()), draft()) == ""


@pytest.mark.usefixtures("section")
def test_a_class_without_a_section_has_no_page(desk: Office) -> None:
    assert page(desk, draft("2Б")) == ""


def test_a_closed_section_has_no_page(desk: Office) -> None:
    school.destination("site", state="closed")
    assert page(desk, draft()) == ""


@pytest.mark.parametrize(
    ("importance", "there"), [(Importance.ROUTINE, False), (Importance.IMPORTANT, True)]
)
def test_the_whole_schools_feed_shows_what_is_important(
    importance: Importance, there: bool, desk: Office
) -> None:
    school.destination("site", "feed", of=None)
    assert bool(page(desk, draft(importance=importance))) is there


@pytest.mark.parametrize(
    ("state", "there"),
    [(State.QUEUED, True), (State.SENT, True), (State.SKIPPED, False), (State.FAILED, False)],
)
def test_what_was_released_is_there_when_its_copy_is(
    state: State, there: bool, desk: Office
) -> None:
    place = school.destination("site")
    key = draft(released_at=NOW)
    school.copy(place, key, state=state)
    assert bool(page(desk, key)) is there


# When nobody would see it -------------------------------------------------------------------


@pytest.mark.usefixtures("section")
def test_an_author_is_told_when_no_site_shows_it(desk: Office) -> None:
    assert Kind.MORE_UNSEEN in kinds(desk, draft(), on=office(Platform()))


@pytest.mark.usefixtures("section")
def test_an_author_is_told_when_it_is_not_for_everybody(desk: Office) -> None:
    assert Kind.MORE_UNSEEN in kinds(desk, draft(data_class=DataClass.CLOSED))


def test_an_author_is_told_when_the_class_has_no_place_there(desk: Office) -> None:
    assert Kind.MORE_UNSEEN in kinds(desk, draft())


def test_nothing_is_told_before_it_is_known_for_whom_it_is(desk: Office) -> None:
    assert Kind.MORE_UNSEEN not in kinds(desk, school.announcement(more=MORE))


@pytest.mark.usefixtures("section")
def test_nothing_is_told_when_the_site_shows_it(desk: Office) -> None:
    assert Kind.MORE_UNSEEN not in kinds(desk, draft())


def test_nothing_is_told_when_there_is_none(desk: Office) -> None:
    assert Kind.MORE_UNSEEN not in kinds(desk, draft(more=""), on=office(Platform()))


def test_the_sites_sample_shows_it(desk: Office) -> None:
    shown = {one.outlet.name: one for one in proof_of(desk, desk, draft()).samples}
    assert "Он тонкий" in shown["site"].html
    assert "Он тонкий" not in "".join(shown["alpha"].texts)
