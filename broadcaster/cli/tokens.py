"""`tokens`: keys of the school's other programs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

import typer

from broadcaster.bootstrap import office
from broadcaster.cli.doors import database_open
from broadcaster.cli.output import BAD_INPUT, Json, emit, fail, say, table
from broadcaster.cli.reporting import local
from broadcaster.domain.scopes import Scope, is_open, unknown_scopes
from broadcaster.i18n import _
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.tokens import NoSuchToken, all_tokens, make_token, revoke_token
from broadcaster.store.models import ApiToken

LONGEST_NAME = 120

Name = Annotated[
    str, typer.Argument(metavar=_("ИМЯ"), help=_("Какая программа; это имя будет в журнале."))
]
Scopes = Annotated[
    list[str],
    typer.Option("--scope", metavar=_("ПРАВО"), help=_("Можно повторять: ") + ", ".join(Scope)),
]
Until = Annotated[
    str,
    typer.Option(
        "--until",
        metavar=_("ДЕНЬ"),
        show_default=False,
        help=_("Последний день, например 2027-05-31; без него — бессрочно."),
    ),
]
Number = Annotated[int, typer.Argument(metavar=_("НОМЕР"), help=_("Из broadcaster tokens list."))]


def add(name: Name, scope: Scopes, until: Until = "", *, as_json: Json = False) -> None:
    """Make a token and print its secret, which is shown nowhere again."""
    if unknown := unknown_scopes(scope):
        words = _("Права «{name}» нет. Можно: {scopes}.")
        problem = words.format(name=unknown[0], scopes=", ".join(Scope))
        fail("unknown_scope", [problem], exit_code=BAD_INPUT)
    if not name.strip() or len(name) > LONGEST_NAME:
        words = _("Имя программы: от одного до {longest} знаков.").format(longest=LONGEST_NAME)
        fail("bad_name", [words], exit_code=BAD_INPUT)
    ends = _end_of(until) if until else None
    database_open()
    token, secret = make_token(
        " ".join(name.split()),
        map(Scope, scope),
        expires_at=ends,
        by=COMMAND_LINE,
        now=datetime.now(UTC),
    )
    if as_json:
        emit(_as_json(token) | {"token": secret})
        return
    say(secret, "bold")
    say(_("Это ключ для «{name}». Скопируйте его: больше он не покажется.").format(name=token.name))


def show_all(*, as_json: Json = False) -> None:
    """List all tokens, newest first."""
    database_open()
    rows = list(all_tokens())
    if as_json:
        emit({"tokens": [_as_json(row) for row in rows]})
        return
    if not rows:
        say(_("Ключей нет. Создать: broadcaster tokens add ИМЯ --scope reports:read"))
        return
    head = ["№", _("программа"), _("права"), _("последний запрос"), _("состояние")]
    table(head, [_line(row) for row in rows])


def revoke(number: Number, *, as_json: Json = False) -> None:
    """Close a token for ever."""
    database_open()
    try:
        closed = revoke_token(number, by=COMMAND_LINE, now=datetime.now(UTC))
    except NoSuchToken:
        words = _("Ключа №\N{NO-BREAK SPACE}{number} нет. Список: broadcaster tokens list")
        fail("no_such_token", [words.format(number=number)], exit_code=BAD_INPUT)
    if as_json:
        emit({"revoked": closed, "number": number})
    else:
        say(_("Ключ отозван.") if closed else _("Он уже был отозван."))


def _end_of(written: str) -> datetime:
    """The end of a day on the school's clock; ends the command when it is none, or over."""
    zone = office().school.time_zone
    try:
        end = datetime.combine(date.fromisoformat(written), time.max, tzinfo=zone)
    except ValueError:
        words = _("--until: «{value}» — не день; пишите так: 2027-05-31.").format(value=written)
        fail("bad_day", [words], exit_code=BAD_INPUT)
    if end <= datetime.now(zone):
        words = _("--until: {value} уже прошло.").format(value=written)
        fail("bad_day", [words], exit_code=BAD_INPUT)
    return end


def _line(row: ApiToken) -> list[object]:
    used = local(row.last_used_at, office().school.time_zone)
    return [row.pk, row.name, ", ".join(row.scopes), used, _state(row)]


def _state(row: ApiToken) -> str:
    if row.revoked_at:
        return _("отозван")
    is_valid = is_open(now=datetime.now(UTC), expires_at=row.expires_at, revoked_at=None)
    return _("действует") if is_valid else _("истёк")


def _as_json(row: ApiToken) -> dict[str, Any]:
    return {
        "number": row.pk,
        "name": row.name,
        "scopes": row.scopes,
        "made_at": row.made_at,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
        "revoked_at": row.revoked_at,
    }
