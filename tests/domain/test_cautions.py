"""What an author is told before releasing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadcaster.contract import Attachment, Capability, DataClass, Markup, Traits
from broadcaster.domain.cautions import (
    LEVELS,
    Caution,
    Facts,
    Kind,
    Level,
    Link,
    Way,
    cautions,
    doubt,
)

EVERYTHING = frozenset(Capability)


def traits(**different: Any) -> Traits:
    given = {
        "markup": Markup.PLAIN,
        "data_class": DataClass.PERSONAL,
        "capabilities": EVERYTHING,
    }
    return Traits(**{**given, **different})


FREE = ("capabilities", "markup", "refused_types")


def way(name: str = "alpha", carries: DataClass = DataClass.PERSONAL, **also: Any) -> Way:
    of = {field: also.pop(field) for field in list(also) if field.startswith("max_")}
    of |= {field: also.pop(field) for field in FREE if field in also}
    return Way(name, traits(**of), carries, **also)


def file(name: str = "план.pdf", media_type: str = "application/pdf", **also: Any) -> Attachment:
    return Attachment(name, media_type, also.pop("size", 10), "d", Path(name), **also)


def found(**facts: Any) -> list[Caution]:
    return list(cautions(Facts(**{"ways": (way(),), **facts})))


def kinds(**facts: Any) -> list[Kind]:
    return [caution.kind for caution in found(**facts)]


def test_a_finished_draft_has_nothing_to_be_said() -> None:
    assert found(files=(file(),), links=(Link(address="https://school.example/"),)) == []


def test_what_only_a_site_shows_needs_one() -> None:
    site = way("site", markup=Markup.SITE)
    assert kinds(has_more=True) == [Kind.MORE_UNSEEN]
    assert kinds(has_more=True, ways=(way(), site)) == []
    assert kinds(has_more=True, has_site=False, ways=(way(), site)) == [Kind.MORE_UNSEEN]


def test_a_draft_without_words_cannot_be_released() -> None:
    assert kinds(has_title=False, has_body=False) == [Kind.NO_TITLE, Kind.NO_BODY]


def test_the_gravest_comes_first() -> None:
    said = found(has_title=False, speaks_to_one=True, links=(Link(address="http://a.example/"),))
    assert [one.level for one in said] == [Level.STOP, Level.WARN, Level.NOTE]


def test_a_name_keeps_a_text_off_places_that_may_not_carry_it() -> None:
    ways = (way("vk"), way("site", DataClass.PUBLIC))
    [told] = found(names=("Маша Сергеева",), ways=ways)
    assert told == Caution(Kind.NAMES, names=("Маша Сергеева",), channels=("site",))


def test_a_text_to_each_one_stays_off_public_places() -> None:
    [told] = found(speaks_to_one=True, ways=(way("vk"), way("site", DataClass.PUBLIC)))
    assert (told.kind, told.channels) == (Kind.HOLES, ("site",))


def test_what_the_author_calls_closed_is_not_for_every_channel() -> None:
    ways = (way("vk"), way("site", DataClass.PUBLIC))
    [told] = found(data_class=DataClass.CLOSED, ways=ways)
    assert (told.kind, told.channels) == (Kind.NOT_TRUSTED, ("site",))


def test_a_text_that_no_channel_may_carry_goes_nowhere() -> None:
    assert kinds(names=("Маша С.",), ways=(way("site", DataClass.PUBLIC),))[0] is Kind.NOWHERE


def test_a_draft_for_switched_off_channels_goes_nowhere() -> None:
    assert kinds(ways=(way(on=False, asked_for=True),)) == [Kind.NOWHERE, Kind.CHANNEL_OFF]


def test_a_channel_that_nobody_asked_for_may_be_off() -> None:
    assert kinds(ways=(way(), way("beta", on=False, parts=3, length=9000))) == []


def test_a_channel_without_its_key_is_told() -> None:
    assert kinds(ways=(way(has_key=False),)) == [Kind.NO_KEY]


def test_a_long_text_goes_in_parts() -> None:
    [told] = found(ways=(way(max_text=4000, max_caption=1000, parts=3, length=9000),))
    assert (told.kind, told.number, told.limit) == (Kind.PARTS, 3, 4000)


def test_a_long_caption_is_told_apart_from_a_long_text() -> None:
    ways = (way(max_text=4000, max_caption=1000, parts=2, length=3000),)
    [told] = found(files=(file(),), ways=ways)
    assert (told.kind, told.limit) == (Kind.CAPTION, 1000)


def test_a_file_over_a_channels_limit_is_named() -> None:
    [told] = found(files=(file(size=60), file("б.pdf", size=40)), ways=(way(max_attachment=50),))
    assert (told.kind, told.names, told.limit) == (Kind.FILES_TOO_LARGE, ("план.pdf",), 50)


def test_a_file_exactly_at_the_limit_is_carried() -> None:
    assert found(files=(file(size=50),), ways=(way(max_attachment=50),)) == []


def test_a_photo_too_large_to_be_shown_is_told_apart_from_a_file_too_large() -> None:
    photo = file("лёд.jpg", "image/jpeg", size=40, title="Лёд")
    ways = (way(max_attachment=50, max_photo=30),)
    told = found(files=(file(size=60), photo), ways=ways)
    seen = [(one.kind, one.names, one.limit) for one in told]
    assert seen == [
        (Kind.FILES_TOO_LARGE, ("план.pdf",), 50),
        (Kind.PHOTOS_AS_FILES, ("лёд.jpg",), 30),
    ]


def test_a_file_of_a_kind_that_a_channel_refuses_is_named() -> None:
    music = file("гимн.mp3", "audio/mpeg", size=60)
    ways = (way(max_attachment=50, refused_types=frozenset({"audio/mpeg"})),)
    [told] = found(files=(file(), music), ways=ways)
    assert (told.kind, told.names) == (Kind.FILES_REFUSED, ("гимн.mp3",))


def test_files_that_are_too_much_together_are_named() -> None:
    files = (file(size=40), file("б.pdf", size=30), file("в.pdf", size=90))
    told = found(files=files, ways=(way(max_attachment=50, max_all_attachments=60),))
    assert [(one.kind, one.names, one.limit) for one in told] == [
        (Kind.FILES_TOO_LARGE, ("в.pdf",), 50),
        (Kind.FILES_TOO_MUCH, ("б.pdf",), 60),
    ]


def test_a_channel_without_attachments_says_so() -> None:
    assert kinds(files=(file(),), ways=(way(capabilities=frozenset()),)) == [Kind.FILES_NOT_CARRIED]


def test_a_picture_without_a_description_is_told() -> None:
    bare, told = file("а.jpg", "image/jpeg"), file("б.jpg", "image/jpeg", title="Ёлка")
    [one] = found(files=(bare, told))
    assert (one.kind, one.names) == (Kind.NO_DESCRIPTION, ("а.jpg",))


def test_links_of_one_kind_are_told_together() -> None:
    links = (Link(address="http://a.example/"), Link(address="http://b.example/"))
    [told] = found(links=links)
    assert told.names == ("http://a.example/", "http://b.example/")


@pytest.mark.parametrize(
    ("address", "label", "kind"),
    [
        ("https://school.example/menu", "меню", None),
        ("mailto:a@school.example", "почта", None),
        ("tel:+79000000000", "", None),
        ("http://school.example/", "", Kind.LINK_IN_CLEAR),
        ("HTTP://school.example/", "", Kind.LINK_IN_CLEAR),
        ("https://192.168.0.1/", "", Kind.LINK_TO_NUMBERS),
        ("http://[::1]/", "", Kind.LINK_TO_NUMBERS),
        ("https://2130706433/", "", Kind.LINK_TO_NUMBERS),
        ("https://school.example@evil.example/", "", Kind.LINK_IN_DISGUISE),
        ("https://evil.example/", "school.example", Kind.LINK_IN_DISGUISE),
        ("https://evil.example/", "https://school.example/a", Kind.LINK_IN_DISGUISE),
        ("https://www.school.example/a", "school.example", None),
        ("https://xn--80asehdb.xn--p1ai/", "онлайн.рф", None),
        ("https://[oops/", "", Kind.LINK_IN_DISGUISE),
    ],
)
def test_a_doubtful_link_is_seen(address: str, label: str, kind: Kind | None) -> None:
    assert doubt(Link(address=address, label=label)) is kind


def test_every_kind_has_its_level() -> None:
    assert LEVELS.keys() == set(Kind)
