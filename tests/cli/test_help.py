"""What the command says about itself, and what it says to a wrong command line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from typer.core import TyperGroup

from broadcaster.cli.app import app
from broadcaster.cli.frame import TYPERS_OWN, add, group_of
from tests.cli.desk import Typed


def lines() -> Iterator[tuple[str, ...]]:
    """Every command and group with the words that lead to it."""
    waiting = [((), app)]
    while waiting:
        words, command = waiting.pop()
        yield words
        if isinstance(command, TyperGroup):
            waiting += [((*words, name), one) for name, one in command.commands.items()]


ALL = sorted(lines())


def parameters(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """The name and help of everything that may be given to a command."""
    command = app
    for word in words:
        assert isinstance(command, TyperGroup)
        command = command.commands[word]
    return [(one.name, one.help or "") for one in command.params]


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_gives_an_example(words: tuple[str, ...], typed: Typed) -> None:
    said = typed(*words, "--help")
    examples = re.findall(r"^ +(broadcaster .+)$", said.out, re.MULTILINE)
    assert said.code == 0
    assert any(example.startswith(" ".join(["broadcaster", *words])) for example in examples)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_parameter_is_explained(words: tuple[str, ...]) -> None:
    unexplained = [
        name for name, words_ in parameters(words) if not (words_ or TYPERS_OWN.get(name))
    ]
    assert unexplained == []


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_is_in_the_schools_language(words: tuple[str, ...], typed: Typed) -> None:
    page = typed(*words, "--help").out
    assert not re.search(r"Usage|Options|Commands|Show|default|required", page)


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_fits_a_terminal(words: tuple[str, ...], typed: Typed) -> None:
    assert max(map(len, typed(*words, "--help").out.splitlines())) <= 80


def test_examples_are_not_rewrapped(typed: Typed) -> None:
    example = "\n    broadcaster preview examples/important.md --channel email --html page.html\n"
    assert example in typed("preview", "--help").out


def test_exit_codes_are_told(typed: Typed) -> None:
    codes = re.findall(r"^ +(\d+) {2}", typed("--help").out, re.MULTILINE)
    assert codes == ["0", "1", "2", "3", "4", "70", "130"]


def test_a_list_of_commands_waits_for_none_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    group = group_of("Погода.", "broadcaster weather")
    add(group, "rain", "no_such_module:rain", "Сказать, будет ли дождь.", "weather rain")
    group.main(["--help"], "broadcaster weather", standalone_mode=False)
    assert "rain  Сказать, будет ли дождь." in capsys.readouterr().out


def test_the_version_is_that_of_the_project(typed: Typed) -> None:
    assert re.fullmatch(r"broadcaster \d+\.\d+\.\d+\n", typed("--version").out)


def test_nothing_typed_shows_the_help(typed: Typed) -> None:
    said = typed()
    assert said.code == 2
    assert "broadcaster demo" in said.err


def test_djangos_own_help_is_still_there(capfd: pytest.CaptureFixture[str]) -> None:
    from broadcaster.cli.app import run

    with pytest.raises(SystemExit) as ended:
        run(["manage", "migrate", "--help"])
    assert ended.value.code == 0
    assert "--fake-initial" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sned x", "Команды «sned» нет. Может быть, «send»?"),
        ("send", "Не хватает: ФАЙЛ."),
        ("send a b", "Лишнее: b."),
        ("send a --dryrun", "Параметра --dryrun нет. Может быть, --dry-run?"),
        ("send a --to", "--to: значения не хватает или оно лишнее."),
        ("send a --importance high", "«high» не подходит; можно: routine, important, urgent."),
        ("serve --port 99999", "ожидается номер от 1 до 65535, а не «99999»."),
        ("report 1234 --copy one", "«one» — не число."),
        ("site export here", "Не хватает: --url АДРЕС."),
        ("report --copies", "Укажите номер объявления"),
    ],
)
def test_a_wrong_command_line_is_told_in_words(line: str, words: str, typed: Typed) -> None:
    said = typed(*line.split())
    assert said.code == 2
    assert words in said.err
    assert said.out == ""


def test_the_way_to_the_help_is_shown(typed: Typed) -> None:
    assert "broadcaster people import --help" in typed("people", "import").err


def test_a_wrong_command_line_is_json_for_machines(typed: Typed) -> None:
    said = typed("send", "a", "--frob", "--json")
    assert (said.code, said.json["error"], said.err) == (2, "bad_command", "")
