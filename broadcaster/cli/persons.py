"""`people`, one at a time: find, take out, forget, make one of two."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from broadcaster.bootstrap import office
from broadcaster.cli.doors import database_open
from broadcaster.cli.output import (
    BAD_INPUT,
    NEEDS_PERSON,
    Json,
    be_sure,
    emit,
    fail,
    say,
    table,
)
from broadcaster.foreign_words import system_words
from broadcaster.i18n import _
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.people import erasing, exporting, merging
from broadcaster.services.people.family import Gone
from broadcaster.store.models import Guardian, Pupil
from broadcaster.store.queries.families import found, with_family
from broadcaster.words import channel_word

MOST_SHOWN = 100

Number = Annotated[int, typer.Argument(metavar=_("НОМЕР"), help=_("Номер родителя."))]
Words = Annotated[
    list[str],
    typer.Argument(metavar=_("ТЕКСТ"), help=_("Части имени родителя или ребёнка, адрес.")),
]
Target = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar=_("ФАЙЛ"), help=_("Записать в файл, а не на экран.")),
]
Orphans = Annotated[
    bool,
    typer.Option("--with-children", help=_("Стереть и детей, у которых не останется родителей.")),
]
Sure = Annotated[
    int | None,
    typer.Option(
        "--confirm",
        metavar=_("НОМЕР"),
        show_default=False,
        help=_("Подтвердить номером ещё раз; без него спросит человека."),
    ),
]


def find(words: Words, *, as_json: Json = False) -> None:
    """Find guardians by their names, their children and addresses."""
    database_open()
    people = found(Guardian.objects.all(), words=" ".join(words), channels=office().outlets)
    total = people.count()
    shown = [_person(one) for one in with_family(people, Pupil.objects.all())[:MOST_SHOWN]]
    if as_json:
        emit({"total": total, "people": shown})
        return
    if not shown:
        say(_("Никто не найден."))
        return
    table([_("номер"), _("родитель"), _("дети"), _("адреса")], map(_line, shown))
    if total > MOST_SHOWN:
        say(_("Показано {shown} из {total}.").format(shown=MOST_SHOWN, total=total))


def export(number: Number, output: Target = None, *, as_json: Json = False) -> None:
    """Write down everything that is held about a guardian, as JSON."""
    database_open()
    with _there(number):
        taken = exporting.export_person(number, by=COMMAND_LINE, now=datetime.now(UTC))
    if output is None:
        emit(taken)
        return
    try:
        output.touch(mode=0o600)
        output.write_text(json.dumps(taken, ensure_ascii=False, indent=2) + "\n", "utf-8")
    except OSError as error:
        words = _("{file}: не удалось записать: {why}").format(file=output, why=system_words(error))
        fail("unwritable", [words], exit_code=BAD_INPUT)
    if as_json:
        emit({"exported": number, "file": str(output)})
    else:
        say(_("Записано: {file}. В файле личные сведения.").format(file=output))


def erase(
    number: Number, *, with_children: Orphans = False, confirm: Sure = None, as_json: Json = False
) -> None:
    """Forget a guardian for ever; the proof of what was sent stays without a name."""
    database_open()
    with _there(number):
        person = Guardian.objects.filter(pk=number).first()
        if person is None:
            raise Gone
        be_sure(
            str(number),
            None if confirm is None else str(confirm),
            question=_("Родитель №{number} будет стёрт навсегда. Наберите номер ещё раз: ").format(
                number=number
            ),
            missing=_("Стирание нужно подтвердить: --confirm {number}").format(number=number),
            other=_("Номера не совпали. Ничего не стёрто."),
        )
        erased = erasing.erase(
            number, with_orphans=with_children, by=COMMAND_LINE, now=datetime.now(UTC)
        )
    if as_json:
        emit({"erased": number, **asdict(erased)})
        return
    words = _("Стёрто. Адресов: {addresses}, детей: {pupils}; отправок без имени: {deliveries}.")
    say(words.format(**asdict(erased)))


def merge(
    stays: Annotated[
        int, typer.Argument(metavar=_("ОСТАЁТСЯ"), help=_("Номер, который останется."))
    ],
    goes: Annotated[int, typer.Argument(metavar=_("УХОДИТ"), help=_("Номер, который исчезнет."))],
    *,
    as_json: Json = False,
) -> None:
    """Make one person of two that are the same."""
    database_open()
    if stays == goes:
        words = _("Оба номера — №{number}. Назовите двух разных людей.").format(number=stays)
        fail("same_person", [words], exit_code=BAD_INPUT)
    with _there(stays, goes):
        merged = merging.merge(stays, goes, by=COMMAND_LINE, now=datetime.now(UTC))
    if as_json:
        emit({"stays": stays, "gone": goes, **asdict(merged)})
        return
    words = _("Теперь это один человек, №{stays}. Перенесено адресов: {addresses}, детей: {pupils},"
              " отправок: {deliveries}.")  # fmt: skip
    say(words.format(stays=stays, **asdict(merged)))


@contextmanager
def _there(*numbers: int) -> Iterator[None]:
    """Tell in words that somebody is not on the roll, or is being written to right now."""
    try:
        yield
    except Gone:
        known = set(Guardian.objects.filter(pk__in=numbers).values_list("pk", flat=True))
        named = _(" и ").join(f"№{number}" for number in numbers if number not in known)
        words = _("В списке нет: {numbers}. Найти номер: broadcaster people find ИМЯ")
        fail("no_such_person", [words.format(numbers=named)], exit_code=BAD_INPUT)
    except erasing.StillSending:
        words = _("Этому человеку прямо сейчас уходит сообщение. Повторите через минуту.")
        fail("still_sending", [words], exit_code=NEEDS_PERSON)


def _person(person: Guardian) -> dict[str, Any]:
    return {
        "number": person.pk,
        "name": person.name,
        "children": [
            {
                "number": child.pk,
                "name": child.name,
                "groups": [one.name for one in child.groups.all()],
            }
            for child in person.pupils.all()
        ],
        "addresses": [
            {"channel": one.channel, "address": one.value, "state": one.state}
            for one in person.addresses.all()
        ],
    }


def _line(person: dict[str, Any]) -> list[object]:
    children = ", ".join(
        f"{child['name']} ({', '.join(child['groups'])})" for child in person["children"]
    )
    addresses = ", ".join(
        f"{channel_word(one['channel'])}: {one['address']}" for one in person["addresses"]
    )
    return [person["number"], person["name"], children, addresses]
