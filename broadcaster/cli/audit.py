"""`audit`: is the log whole, and what does it say."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from broadcaster.audit_words import ACTIONS, BREACHES, SUBJECTS, actor_word, fact_words
from broadcaster.bootstrap import office
from broadcaster.cli.doors import database_open
from broadcaster.cli.output import BAD_INPUT, NEEDS_PERSON, Json, emit, fail, say, table, working
from broadcaster.cli.reporting import local
from broadcaster.domain.actions import Action
from broadcaster.i18n import _
from broadcaster.services import audit_check
from broadcaster.services.audit_check import Verdict
from broadcaster.store.models import AuditEntry
from broadcaster.store.queries.audit import Wanted, page_of

HASH_LENGTH = 64

Expect = Annotated[
    str,
    typer.Option(
        "--expect",
        metavar=_("ХЕШ"),
        show_default=False,
        help=_("Последний хеш, который вы записали раньше."),
    ),
]
Last = Annotated[int, typer.Option("--last", min=1, max=1000, help=_("Сколько записей показать."))]
Do = Annotated[
    str,
    typer.Option(
        "--action", metavar=_("ДЕЙСТВИЕ"), show_default=False, help=_("Только такие действия.")
    ),
]


def verify(expect: Expect = "", *, as_json: Json = False) -> None:
    """Walk the whole log; the command ends with NEEDS_PERSON when something is wrong."""
    if expect and not _is_hash(expect.strip()):
        words = _("--expect: ожидается хеш из 64 знаков, который печатает broadcaster audit verify")
        fail("bad_hash", [words], exit_code=BAD_INPUT)
    database_open()
    with working(_("Проверяю журнал…")):
        found = audit_check.verify(expect)
    if as_json:
        emit(_verdict_as_json(found))
    else:
        _tell(found)
    if not found.whole:
        raise typer.Exit(NEEDS_PERSON)


def _is_hash(words: str) -> bool:
    return len(words) == HASH_LENGTH and set(words.lower()) <= set("0123456789abcdef")


def _tell(found: Verdict) -> None:
    if found.broken is not None and found.breach is not None:
        words = _("Журнал повреждён. Записей в порядке: {count}; запись {number}: {what}.")
        what = BREACHES[found.breach]
        say(words.format(count=found.count, number=found.broken.pk, what=what), "red")
    else:
        say(_("Журнал цел. Записей: {count}.").format(count=found.count), "bold")
    if found.expected is False:
        words = _("Записанного вами хеша в журнале нет: его конец отрезан или переписан.")
        say(words, "red")
    if not found.guarded:
        words = _("База данных не защищает журнал от изменений. Выполните broadcaster init.")
        say(words, "red")
    if found.head:
        say(_("Последний хеш: {head}").format(head=found.head))
        say(_("Запишите его вне этого компьютера: так станет видно, если конец журнала отрежут."))


def _verdict_as_json(found: Verdict) -> dict[str, Any]:
    return {
        "whole": found.whole,
        "count": found.count,
        "head": found.head,
        "broken": found.broken and found.broken.pk,
        "breach": found.breach,
        "guarded": found.guarded,
        "expected": found.expected,
    }


def show(last: Last = 20, action: Do = "", *, as_json: Json = False) -> None:
    """Print the newest entries, the newest first."""
    if action and action not in set(Action):
        words = _("Действия «{action}» нет. Есть: {known}.")
        problem = words.format(action=action, known=", ".join(Action))
        fail("no_such_action", [problem], exit_code=BAD_INPUT)
    database_open()
    entries = page_of(Wanted(action=action), size=last).entries
    if as_json:
        emit({"entries": [entry_as_json(entry) for entry in entries]})
        return
    if not entries:
        say(_("Записей нет."))
        return
    zone = office().school.time_zone
    table(
        [_("Когда"), _("Кто"), _("Что"), _("С чем"), _("Подробности")],
        [
            (
                local(entry.at, zone),
                actor_word(entry.actor),
                ACTIONS.get(entry.action, entry.action),
                f"{SUBJECTS.get(entry.subject_kind, entry.subject_kind)} {entry.subject}".strip(),
                ", ".join(fact_words(entry.facts)),
            )
            for entry in entries
        ],
    )


def entry_as_json(entry: AuditEntry) -> dict[str, Any]:
    """An entry for machines; with `previous` and `hash`, whoever likes can check it."""
    return {
        "number": entry.pk,
        "at": entry.at.isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "user": entry.user,
        "action": entry.action,
        "kind": entry.subject_kind,
        "subject": entry.subject,
        "facts": entry.facts,
        "previous": entry.previous,
        "hash": entry.hash,
    }
