"""What a hostile template tries: every way out is closed, and told in words."""

from __future__ import annotations

import re
import tracemalloc
from dataclasses import replace
from itertools import filterfalse

import pytest

from broadcaster.rendering.characters import clean
from broadcaster.rendering.markdown import MAX_BODY
from broadcaster.rendering.mistakes import BodyMistake, TemplateMistake
from broadcaster.rendering.templates import Templates
from broadcaster.templating.meter import MAX_TEXT, THING, size
from tests.rendering.escapes import DEEP, ENDLESS, ESCAPES, LARGE
from tests.rendering.samples import MAIL, TELEGRAM, TEXT, VK, rendered
from tests.rendering.samples import school_templates as school

NAME = "vk/message.txt.j2"
MARK = "marked-4f1c"
PRINTS = re.compile("[{]{2}").search
INNARDS = re.compile(r" at 0x|<function|<class|<built-in|root:x:|Traceback")


@pytest.fixture(autouse=True)
def _marked(tmp_path, monkeypatch):
    """What must not come out: the environment, and a file beside the templates."""
    for name in ("BROADCASTER_SECRET_KEY", "DATABASE_URL", "BROADCASTER_TELEGRAM_TOKEN"):
        monkeypatch.setenv(name, MARK)
    (tmp_path / "secret.env").write_text(MARK)
    (tmp_path.parent / "passwd.j2").write_text(MARK)


def mistake(folder, source, *, look=VK, name=NAME):
    with pytest.raises(TemplateMistake) as raised:
        rendered(look, templates=school(folder, name, source))
    return raised.value


@pytest.mark.parametrize("source", ESCAPES)
def test_a_way_out_is_a_mistake_that_says_where(tmp_path, source):
    told = mistake(tmp_path, f"раз\n{source}")
    assert (told.file, told.line) == (str(tmp_path / NAME), 2)
    assert re.search("[а-я]{2}", told.message)


@pytest.mark.parametrize("source", ESCAPES)
@pytest.mark.parametrize(
    ("look", "name"),
    [(VK, NAME), (MAIL, "email/message.html.j2"), (TELEGRAM, "telegram/message.html.j2")],
    ids=["vk", "mail", "telegram"],
)
def test_no_mistake_tells_of_the_server(tmp_path, source, look, name):
    told = str(mistake(tmp_path, source, look=look, name=name)).replace(str(tmp_path), "")
    assert MARK not in told
    assert not INNARDS.search(told)


@pytest.mark.parametrize("source", [*filter(PRINTS, ESCAPES)])
def test_an_author_who_prints_is_refused(source):
    with pytest.raises(BodyMistake, match="такой подстановки нет") as told:
        rendered(VK, f"раз\n{source}")
    assert told.value.line == 2
    with pytest.raises(BodyMistake, match="в заголовке подстановки невозможны"):
        rendered(VK, text=replace(TEXT, title=source))


@pytest.mark.parametrize("source", [*filterfalse(PRINTS, ESCAPES)])
def test_an_authors_statements_stand_as_they_were_written(source):
    words = clean(source)
    assert words in rendered(VK, f"```\n{source}\n```").texts[0].fill({})
    assert words in rendered(VK, text=replace(TEXT, title=source)).subject.fill({})


@pytest.mark.parametrize(
    "source", ["{% include '../passwd.j2' %}", "{% import '../passwd.j2' as a %}"]
)
def test_no_template_outside_of_the_folder_is_read(tmp_path, source):
    assert "нет" in mistake(tmp_path, source).message


def test_a_template_whose_name_is_a_format_is_only_missing(tmp_path):
    name = "vk/{0.__class__}{announcement.__init__.__globals__}.txt.j2"
    school(tmp_path, name, "{{ nobody }}")
    told = mistake(tmp_path, f"{{% include '{name}' %}}")
    assert (told.file, told.line) == (str(tmp_path / name), 1)


@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS)
def test_a_template_that_would_not_end_is_stopped(tmp_path, source):
    told = mistake(tmp_path, f"раз\n{source}")
    assert re.search("слишком долго|без конца|слишком длинный", told.message)
    assert told.line == 2


@pytest.mark.parametrize("source", LARGE.values(), ids=LARGE)
def test_a_template_that_would_fill_the_memory_is_stopped(tmp_path, source):
    assert mistake(tmp_path, f"раз\n{source}").line == 2


@pytest.mark.parametrize("source", LARGE.values(), ids=LARGE)
@pytest.mark.parametrize(
    ("look", "name"), [(VK, NAME), (MAIL, "email/message.html.j2")], ids=["vk", "mail"]
)
def test_nothing_is_made_that_would_be_refused(tmp_path, source, look, name):
    tracemalloc.start()
    try:
        mistake(tmp_path, f"раз\n{source}", look=look, name=name)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10 * MAX_TEXT


@pytest.mark.parametrize(
    "use", ["join(attribute='body')", "join('', 'body')", "sort(attribute='title,body')"]
)
def test_fields_of_a_list_are_counted_before_they_are_gone_through(tmp_path, use):
    many = "{% set a = [announcement] %}" + "{% set a = a + a %}" * 14
    own = school(tmp_path, NAME, f"раз{many}{{% set b = a|{use} %}}")
    tracemalloc.start()
    try:
        with pytest.raises(TemplateMistake, match="слишком длинный"):
            rendered(VK, "а" * 2_000, templates=own)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10 * MAX_TEXT


def test_fields_that_are_no_text_are_not_joined(tmp_path):
    assert (
        "только текст" in mistake(tmp_path, "{{ [announcement]|join(attribute='files') }}").message
    )


def test_fields_of_a_list_are_joined_and_sorted(tmp_path):
    source = (
        "{{ [announcement, announcement]|sort(attribute='title')|join(', ', attribute='title') }}"
    )
    own = school(tmp_path, NAME, source)
    assert rendered(VK, templates=own).texts[0].fill({}) == f"{TEXT.title}, {TEXT.title}"


@pytest.mark.parametrize(
    "source",
    ["{% if 'б' is even %}{% endif %}", "{{ [1] is odd }}", "{{ 4 is divisibleby('2') }}"],
)
def test_only_numbers_are_even_or_odd(tmp_path, source):
    assert "только у чисел" in mistake(tmp_path, source).message


@pytest.mark.parametrize("asked", ["2 is even", "3 is odd", "9 is divisibleby(3)"])
def test_numbers_are_asked_as_before(tmp_path, asked):
    own = school(tmp_path, NAME, f"{{{{ 'раз' if {asked} else 'два' }}}}")
    assert rendered(VK, templates=own).texts[0].fill({}) == "раз"


def test_a_few_replacements_of_many_are_counted_as_few(tmp_path):
    source = f"{{% set a = '{'а' * 2_000}' %}}{{{{ a|replace('а', a, 1)|length }}}}"
    own = school(tmp_path, NAME, source)
    assert rendered(VK, templates=own).texts[0].fill({}) == "3999"


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP)
def test_a_template_too_deep_or_too_long_is_refused(tmp_path, source):
    told = mistake(tmp_path, source)
    assert told.line == 1
    assert re.search("[а-я]{2}", told.message)


def test_a_message_longer_than_anybody_reads_is_refused(tmp_path):
    text = "а" * 1000
    source = "{% for a in [1,1,1,1,1,1,1,1,1,1] %}{% for b in [1,1,1,1,1,1,1,1,1,1] %}"
    source += text * 30 + "{% endfor %}{% endfor %}"
    assert "слишком длинный" in mistake(tmp_path, source).message


def test_characters_that_no_platform_takes_do_not_come_out(tmp_path):
    own = school(tmp_path, NAME, r"раз{{ '\ud800\x00\x1b\u202e' }}")
    assert rendered(VK, templates=own).texts[0].fill({}) == "раз"


def test_a_file_that_is_no_template_is_not_read(tmp_path):
    with pytest.raises(TemplateMistake, match="нет"):
        Templates(tmp_path).render(["secret.env"], {})


def test_what_a_text_may_hold_passes_every_template():
    assert rendered(MAIL, "&" * MAX_BODY).html is not None


def test_a_list_in_a_list_twice_counts_twice():
    once = ["а" * 10, 1]
    assert size([once, once]) == THING + 2 * size(once)


def test_a_size_is_refused_before_it_is_counted_to_the_end():
    much = ["а" * 1000] * 1000
    with pytest.raises(Exception, match=str(MAX_TEXT)):
        size([much] * 10**6)
