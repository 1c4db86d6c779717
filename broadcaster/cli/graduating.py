"""`people graduate`: a class leaves the school."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from broadcaster.cli.doors import database_open, group_on_roll
from broadcaster.cli.output import (
    NEEDS_PERSON,
    Json,
    be_sure,
    emit,
    fail,
    say,
)
from broadcaster.i18n import _
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.people import graduating
from broadcaster.services.people.erasing import StillSending
from broadcaster.words import graduation_words

Name = Annotated[str, typer.Argument(metavar=_("ГРУППА"), help=_("Название группы."))]
Erase = Annotated[
    bool,
    typer.Option(
        "--erase",
        help=_("Стереть навсегда детей и родителей, у которых здесь нет других детей."),
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=_("Только показать, кто уйдёт; ничего не менять."))
]
Sure = Annotated[
    str | None,
    typer.Option(
        "--confirm",
        metavar=_("ГРУППА"),
        show_default=False,
        help=_("Подтвердить названием ещё раз; без него спросит человека."),
    ),
]


def graduate(
    name: Name,
    *,
    erase: Erase = False,
    dry_run: DryRun = False,
    confirm: Sure = None,
    as_json: Json = False,
) -> None:
    """Take a group's children out of their groups, or erase them and their parents."""
    database_open()
    number = group_on_roll(name)
    who = graduating.leavers(number)
    if dry_run or not as_json:
        _show(who, as_json=as_json)
    if dry_run:
        return
    be_sure(
        name,
        confirm,
        question=_("Наберите название группы ещё раз: "),
        missing=_("Выпуск нужно подтвердить: --confirm {name}").format(name=name),
        other=_("Названия не совпали. Ничего не изменено."),
    )
    try:
        done = graduating.graduate(
            number,
            seen=who.seen,
            forget=erase,
            by=COMMAND_LINE,
            now=datetime.now(UTC),
        )
    except StillSending:
        words = _("Кому-то из родителей прямо сейчас уходит сообщение. Повторите через минуту.")
        fail("still_sending", [words], exit_code=NEEDS_PERSON)
    if as_json:
        emit({"group": name, **asdict(done)})
        return
    say(graduation_words(done.children, done.parents, forgotten=erase))


def _show(who: graduating.Leavers, *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "children": [one for _number, one in who.children],
                "parents": [one for _number, one in who.parents],
                "elsewhere": who.elsewhere,
            }
        )
        return
    say(_("Дети: {names}").format(names=_names(who.children)))
    say(_("Родители, у которых здесь нет других детей: {names}").format(names=_names(who.parents)))
    if who.elsewhere:
        words = _("Из других групп они уйдут тоже: {groups}.")
        say(words.format(groups=", ".join(who.elsewhere)))


def _names(people: tuple[tuple[int, str], ...]) -> str:
    return ", ".join(name for _number, name in people) or "—"
