"""`staff`: who works with the program, from the server's own command line."""

from __future__ import annotations

from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated, Any

import typer

from broadcaster.bootstrap import office
from broadcaster.cli.doors import database_open, pages_url
from broadcaster.cli.options import one_of
from broadcaster.cli.output import BAD_INPUT, Json, emit, fail, say, table
from broadcaster.cli.reporting import local
from broadcaster.domain.permissions import Approval, Role
from broadcaster.domain.staffing import LOGIN, LONGEST_LOGIN, LONGEST_NAME
from broadcaster.i18n import _
from broadcaster.services import staff as services
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.staff import Access, LoginTaken
from broadcaster.store.models import Group, Staff
from broadcaster.store.queries.roll import all_group_names
from broadcaster.web.invitations import address_of
from broadcaster.words import ROLES


def _fit_name(value: str) -> str:
    name = value.strip()
    if 0 < len(name) <= LONGEST_NAME:
        return name
    words = _("«{value}» не подходит; нужно имя от 1 до {most} знаков.")
    raise typer.BadParameter(words.format(value=value, most=LONGEST_NAME))


def _fit_login(value: str) -> str:
    login = value.strip()
    if LOGIN.match(login) and len(login) <= LONGEST_LOGIN:
        return login
    words = _(
        "«{value}» не подходит; можно буквы, цифры и знаки . + @ - _, без пробелов, не больше"
        " {most} знаков."
    )
    raise typer.BadParameter(words.format(value=value, most=LONGEST_LOGIN))


Name = Annotated[
    str,
    typer.Argument(parser=_fit_name, metavar=_("ИМЯ"), help=_("Так подписываются объявления.")),
]
Login = Annotated[
    str,
    typer.Option(
        "--login",
        parser=_fit_login,
        metavar=_("ЛОГИН"),
        help=_("Почта или слово, с которым входят."),
    ),
]
WantedRole = Annotated[
    Role,
    typer.Option(
        "--role",
        parser=one_of(Role),
        metavar="teacher|approver|auditor|administrator",
        help=_("Педагог, завуч или методист, проверяющий, администратор."),
    ),
]
Groups = Annotated[
    list[str] | None,
    typer.Option("--group", metavar=_("ГРУППА"), help=_("Группа педагога; можно повторять.")),
]
Waits = Annotated[
    Approval,
    typer.Option(
        "--approval",
        parser=one_of(Approval),
        metavar="never|urgent|always",
        help=_("Какие объявления ждут согласования."),
    ),
]
Whose = Annotated[str, typer.Argument(metavar=_("ЛОГИН"), help=_("Почта или логин."))]
Reopen = Annotated[
    bool, typer.Option("--reopen", help=_("Открыть и учётную запись, если она закрыта."))
]


def add(
    name: Name,
    login: Login,
    role: WantedRole = Role.TEACHER,
    group: Groups = None,
    approval: Waits = Approval.NEVER,
    *,
    as_json: Json = False,
) -> None:
    """Open an account and print the link with which its owner chooses a password."""
    database_open()
    groups = _groups(group or []) if role is Role.TEACHER else ()
    now = datetime.now(UTC)
    access = Access(role, approval, groups)
    try:
        made = services.invite(name, login, access, by=COMMAND_LINE, now=now)
    except LoginTaken:
        words = _("Логин {login} уже занят. Новая ссылка: broadcaster staff link {login}")
        fail("login_taken", [words.format(login=login)], exit_code=BAD_INPUT)
    _tell_link(made, as_json=as_json)


def _groups(names: list[str]) -> tuple[Group, ...]:
    found = {group.name: group for group in Group.objects.filter(name__in=names)}
    if missing := [name for name in names if name not in found]:
        known = all_group_names()
        near = get_close_matches(missing[0], known, n=1)
        hint = _("Может быть, «{near}»?").format(near=near[0]) if near else ""
        words = _("Группы «{name}» нет. {hint}").format(name=missing[0], hint=hint)
        fail("unknown_group", [words.strip()], exit_code=BAD_INPUT)
    return tuple(found.values())


def link(login: Whose, *, reopen: Reopen = False, as_json: Json = False) -> None:
    """Print a one-time link for somebody who cannot come in."""
    database_open()
    person = person_of(login)
    if not person.user.is_active and not reopen:
        words = _("Учётная запись {login} закрыта. Чтобы открыть её снова, добавьте --reopen.")
        fail("closed", [words.format(login=login)], exit_code=BAD_INPUT)
    if not person.user.is_active:
        services.reopen(person, by=COMMAND_LINE, now=datetime.now(UTC))
        person.user.refresh_from_db()
    _tell_link(person, as_json=as_json)


def person_of(login: str) -> Staff:
    """The member of staff with this login or e-mail address; the command ends without one."""
    account = services.account_for(login)
    person = Staff.objects.select_related("user").filter(user=account).first() if account else None
    if person is None:
        words = _("Сотрудника {login} нет. Список: broadcaster staff list")
        fail("no_such_login", [words.format(login=login)], exit_code=BAD_INPUT)
    return person


def _tell_link(person: Staff, *, as_json: bool) -> None:
    way = services.way_in(person, by=COMMAND_LINE, now=datetime.now(UTC))
    address = address_of(way, pages_url())
    if as_json:
        emit({"login": person.user.get_username(), "link": address})
        return
    words = _("Ссылка для входа: {name}. Действует три дня и один раз:")
    say(words.format(name=person.name), "bold")
    say(address)


def show_all(*, as_json: Json = False) -> None:
    """Print everybody with role and groups."""
    database_open()
    everybody = Staff.objects.select_related("user", "deputy__user").prefetch_related("groups")
    rows = everybody.order_by("name", "pk")
    if as_json:
        emit({"staff": [_as_json(person) for person in rows]})
        return
    if not rows:
        say(_("Сотрудников нет. Добавьте: broadcaster staff add ИМЯ --login ЛОГИН"))
        return
    zone = office().school.time_zone
    table(
        [_("Имя"), _("Логин"), _("Роль"), _("Группы"), _("Не будет"), _("Входил(а)")],
        [
            (
                person.name,
                person.user.get_username(),
                ROLES[person.role],
                ", ".join(group.name for group in person.groups.all()),
                away_words(person),
                _("учётная запись закрыта")
                if not person.user.is_active
                else (local(person.user.last_login, zone) if person.user.last_login else "—"),
            )
            for person in rows
        ],
    )


def away_words(person: Staff) -> str:
    """From when to when somebody is away, and who stands in; empty when she is not."""
    if person.away_from is None:
        return ""
    days = f"{person.away_from:%d.%m.%Y}–{person.away_until:%d.%m.%Y}"
    return days if person.deputy is None else f"{days}, {person.deputy.name}"


def _as_json(person: Staff) -> dict[str, Any]:
    return {
        "name": person.name,
        "login": person.user.get_username(),
        "role": person.role,
        "approval": person.approval,
        "groups": [group.name for group in person.groups.all()],
        "away_from": person.away_from,
        "away_until": person.away_until,
        "deputy": person.deputy.user.get_username() if person.deputy else None,
        "open": person.user.is_active,
        "last_login": person.user.last_login,
    }
