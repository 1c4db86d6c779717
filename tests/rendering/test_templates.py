from __future__ import annotations

from dataclasses import replace

import pytest

from broadcaster.rendering.mistakes import TemplateMistake
from tests.rendering.samples import MAIL, PERSON, SHIPPED, SITE, TELEGRAM, TEXT, VK, rendered
from tests.rendering.samples import school_templates as school

NAME = "vk/message.txt.j2"


def mistake(folder, source, *, look=VK, name=NAME):
    """What a template of this source is told to be wrong with."""
    with pytest.raises(TemplateMistake) as raised:
        rendered(look, templates=school(folder, name, source))
    assert raised.value.file == str(folder / name)
    return raised.value


def test_a_schools_template_goes_before_the_shipped_one(tmp_path):
    own = school(tmp_path, NAME, "{{ school.name }}: {{ announcement.body }}")
    assert rendered(VK, templates=own).texts[0].fill({}) == "Лицей № 5: Приходите в четверг."


def test_what_a_school_does_not_have_is_shipped(tmp_path):
    own = school(tmp_path, NAME, "{{ announcement.body }}")
    assert rendered(TELEGRAM, templates=own).texts == rendered(TELEGRAM).texts


def test_a_changed_template_is_read_again(tmp_path):
    own = school(tmp_path, NAME, "раз {{ announcement.body }}")
    rendered(VK, templates=own)
    school(tmp_path, NAME, "два и три {{ announcement.body }}")
    assert rendered(VK, templates=own).texts[0].fill({}).startswith("два и три")


def test_a_channel_without_templates_borrows_those_of_its_markup():
    assert rendered(replace(VK, name="max")).texts == rendered(VK).texts


def test_a_file_of_windows_with_a_byte_order_mark_is_read(tmp_path):
    own = school(tmp_path, NAME, "\ufeff{{ announcement.body }}")
    assert rendered(VK, templates=own).texts[0].fill({}) == "Приходите в четверг."


def test_a_file_in_another_encoding_is_a_mistake(tmp_path):
    own = school(tmp_path, NAME, "")
    (tmp_path / NAME).write_bytes("Привет".encode("cp1251"))
    with pytest.raises(TemplateMistake, match="UTF-8"):
        rendered(VK, templates=own)


def test_bad_syntax_is_told_with_file_and_line(tmp_path):
    told = mistake(tmp_path, "раз\n{% if announcement.title %}\nтри\n{% endfor %}")
    assert told.line == 4
    assert "endfor" in told.message
    assert str(told).startswith(f"{tmp_path / NAME}:4: ")


def test_an_unknown_name_is_told_with_its_line(tmp_path):
    told = mistake(tmp_path, "раз\n{{ title }}")
    assert told.line == 2
    assert "«title»" in told.message


@pytest.mark.parametrize(
    "source",
    [
        "{{ nobody|default('раз') }}",
        "{{ nobody|d('раз') }}",
        "{{ announcement.nobody|default('раз') }}",
        "{{ 'раз' if nobody is undefined else nobody }}",
        "{{ 'два' if nobody is none else 'раз' }}",
    ],
)
def test_a_name_that_may_be_missing_can_be_asked_for(tmp_path, source):
    own = school(tmp_path, NAME, source)
    assert rendered(VK, templates=own).texts[0].fill({}) == "раз"


@pytest.mark.parametrize("use", ["nobody|upper", "nobody ~ ''", "[nobody]|join", "nobody + 1"])
def test_an_unknown_name_is_told_wherever_it_is_used(tmp_path, use):
    assert "«nobody»" in mistake(tmp_path, f"{{{{ {use} }}}}").message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{% if %}а{% endif %}", "здесь ждали имя или значение."),
        ("{{ }}", "здесь ждали имя или значение."),
        ("{{ school. }}", "после точки ждали имя поля."),
        ("{{ _(b=1, 2) }}", "в скобках сначала значения, потом имена с «=»."),
        ("{{ school b }}", "«b» здесь лишнее."),
        ("{{ school 'b' }}", "«текст» здесь лишнее."),
        ("{% if school b %}{% endif %}", "«b» здесь лишнее."),
        ("{{ 1 ! 2 }}", "знак «!» здесь не к месту."),
        ("{{ school' }}", "знак «'» здесь не к месту."),
        ('{{ school" }}', 'знак «"» здесь не к месту.'),
        ("{{ 1 \\ 2 }}", "знак «\\» здесь не к месту."),
        ("{{ 1 + }}", "«}}» здесь не к месту."),
        ("{% block %}{% endblock %}", "вместо «%}» ждали «имя»."),
        ("{% 1 %}", "после «{%» ждали имя команды."),
        ("{% set 1 = 2 %}", "здесь ждали имя, а не значение."),
        ("{{ 1 is odd is odd }}", "две проверки подряд соединяют словом and."),
    ],
)
def test_a_slip_of_the_pen_is_told_in_words(tmp_path, source, words):
    assert mistake(tmp_path, source).message == words


def test_an_unknown_filter_is_told_with_those_there_are(tmp_path):
    told = mistake(tmp_path, "раз\n{{ school.name|loud }}")
    assert (told.line, told.message) == (2, "фильтра «loud» нет.")
    assert "upper" in told.expected.split(", ")
    assert "_" not in told.expected


def test_an_unknown_filter_is_told_even_where_it_would_not_run(tmp_path):
    source = "раз\n{% if false %}{{ school.name|loud }}{% endif %}"
    assert mistake(tmp_path, source).line == 2


def test_an_unknown_test_is_told_with_those_there_are(tmp_path):
    told = mistake(tmp_path, "раз\n{{ 1 is loud }}")
    assert (told.line, told.message) == (2, "проверки «loud» нет.")
    assert "even" in told.expected.split(", ")


def test_an_unknown_field_is_told_with_those_there_are(tmp_path):
    told = mistake(tmp_path, "раз\n\n{{ announcement.heading }}")
    assert told.line == 3
    assert "«heading»" in told.message
    assert "title, body" in told.expected


def test_a_text_has_no_fields(tmp_path):
    assert "«short»" in mistake(tmp_path, "{{ announcement.title.short }}").message


def test_a_missing_include_is_told(tmp_path):
    told = mistake(tmp_path, "раз\n{% include 'vk/_подвал.j2' %}")
    assert told.line == 2
    assert "vk/_подвал.j2" in told.message


def test_a_mistake_in_an_included_file_names_that_file(tmp_path):
    own = school(tmp_path, NAME, "{% include 'vk/_end.txt.j2' %}")
    school(tmp_path, "vk/_end.txt.j2", "раз\n{{ nobody }}")
    with pytest.raises(TemplateMistake) as raised:
        rendered(VK, templates=own)
    assert (raised.value.file, raised.value.line) == (str(tmp_path / "vk/_end.txt.j2"), 2)


def test_an_error_of_python_is_the_templates_mistake(tmp_path):
    assert mistake(tmp_path, "раз\n{{ 1 / 0 }}").line == 2


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ announcement.__class__.__init__.__globals__ }}",
        "{{ announcement|attr('__class__') }}",
        "{{ _.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ school.name.upper() }}",
        "{{ '{0.__class__}'.format(school) }}",
        "{{ 'a'.join }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ range(10) }}",
        "{{ cycler('a') }}",
        "{{ lipsum() }}",
        "{{ 'a'|center(1000000000) }}",
        "{{ announcement.title|safe }}",
        "{{ {'a': 1}|xmlattr }}",
        "{% autoescape false %}{{ announcement.title }}{% endautoescape %}",
        "{% import os %}",
        "{% do 1 %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    ],
)
def test_what_a_template_may_not_do_is_a_mistake(tmp_path, source):
    assert mistake(tmp_path, f"раз\n{source}").line == 2


@pytest.mark.parametrize(
    "source",
    [
        "{% if person.name %}а{% endif %}",
        "{{ person.name|upper }}",
        "{{ person.name ~ '!' }}",
        "{{ person }}",
        "{{ person['name'] }}",
        "{{ person.surname }}",
        "{{ person.name == 'Анна' }}",
        "{{ 'а' if person.name else 'б' }}",
        "{% set a = person.name %}",
        "{% set a %}{{ person.name }}{% endset %}",
        "{% filter upper %}{{ person.name }}{% endfilter %}",
        "{% for a in person %}{% endfor %}",
        "{% macro a() %}{{ person.name }}{% endmacro %}",
        "{% set person = school %}",
    ],
)
def test_a_hole_can_be_printed_and_nothing_else(tmp_path, source):
    told = mistake(tmp_path, f"раз\n{source}")
    assert told.line == 2
    assert "подстановку" in told.message
    assert "{{ person.name }}" in told.expected


def test_a_printed_hole_is_filled_for_each_person(tmp_path):
    own = school(tmp_path, NAME, "{% if personal %}{{ person.name }}, {% endif %}привет!")
    assert rendered(VK, templates=own).texts[0].pieces == ("", "name", ", привет!")


def test_there_is_no_person_where_many_read(tmp_path):
    source = "раз\n{{ person.name }}"
    told = mistake(tmp_path, source, look=replace(VK, personal=False))
    assert told.line == 2
    assert "{% if personal %}" in told.expected


def test_a_page_that_nobody_has_is_a_mistake(tmp_path):
    told = mistake(tmp_path, "{{ person.unsubscribe }}")
    assert "{% if has_unsubscribe %}" in told.expected


def test_a_page_to_acknowledge_is_only_where_it_is_asked_for(tmp_path):
    told = mistake(tmp_path, "{{ person.acknowledge }}")
    assert "{% if has_acknowledge %}" in told.expected


def test_macros_loops_and_inheritance_are_there(tmp_path):
    school(tmp_path, "vk/_base.txt.j2", "{% block a %}раз{% endblock %} {{ announcement.body }}")
    own = school(
        tmp_path,
        NAME,
        "{% extends 'vk/_base.txt.j2' %}{% macro b(x) %}<{{ x|upper }}>{% endmacro %}"
        "{% block a %}{{ super() }}{{ b('два') }}"
        "{% for x in ['а', 'б'] %}{{ loop.cycle('1', '2') }}{% endfor %}{% endblock %}",
    )
    assert rendered(VK, templates=own).texts[0].fill({}) == "раз<ДВА>12 Приходите в четверг."


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("раз\n<p>{{ announcement.body }}</p>", 2),
        ("раз\nдва\n<b>{{ announcement.body }}", 3),
        ("раз & два {{ announcement.body }}", 1),
        ("{{ announcement.body|truncate(10) }}", 0),
    ],
)
def test_markup_that_telegram_would_refuse_is_the_templates_mistake(tmp_path, source, line):
    own = school(tmp_path, "telegram/message.html.j2", source)
    with pytest.raises(TemplateMistake) as raised:
        rendered(TELEGRAM, "**жирный текст подлиннее**", templates=own)
    assert raised.value.line == line


def test_a_template_that_shows_nothing_is_a_mistake(tmp_path):
    assert "пуст" in mistake(tmp_path, "{# ничего #}\n").message


def test_a_template_cannot_smuggle_in_a_hole_that_is_not_filled(tmp_path):
    assert "знак" in mistake(tmp_path, "{{ '\\ufdd2' }}").message


def test_what_the_author_wrote_is_escaped_by_the_schools_templates_too(tmp_path):
    own = school(tmp_path, "site/item.html.j2", "<h1>{{ announcement.title }}</h1>")
    text = replace(TEXT, title="<script>")
    assert rendered(SITE, text=text, templates=own).html.fill({}) == "<h1>&lt;script&gt;</h1>"


def test_a_shipped_template_that_is_missing_names_itself():
    with pytest.raises(TemplateMistake, match="нет"):
        SHIPPED.render(["fax/message.txt.j2"], {})


def test_the_subject_of_mail_is_one_line_whatever_its_template(tmp_path):
    own = school(tmp_path, "email/subject.txt.j2", "Школа:\r\n\n{{ announcement.title }}\nBcc: x")
    assert rendered(MAIL, templates=own).subject.fill(PERSON) == "Школа: Завтра карантин Bcc: x"
