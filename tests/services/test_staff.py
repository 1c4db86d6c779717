"""Members of staff: invited, changed, closed, by the rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django_otp import user_has_device
from django_otp.plugins.otp_totp.models import TOTPDevice

from broadcaster.domain.permissions import Approval, Role
from broadcaster.domain.staffing import Objection, Position, objection
from broadcaster.services import staff
from broadcaster.services.audit import COMMAND_LINE, Action, Actor
from broadcaster.services.staff import Access, LoginTaken, Refused
from broadcaster.store.models import AuditEntry, Staff
from tests import school
from tests.school import NOON
from tests.together import together
from tests.web.staff import browser, member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ADMINISTRATOR = Access(Role.ADMINISTRATOR, Approval.NEVER)
TEACHER = Access(Role.TEACHER, Approval.NEVER)


def actor(person: Staff) -> Actor:
    return Actor(person.name, person.user_id)


def last() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def refusal(act: Callable[[], object]) -> Objection | None:
    """Why something is refused."""
    try:
        act()
    except Refused as refused:
        return refused.objection
    return None


@pytest.mark.parametrize(
    ("before", "after", "own", "others", "found"),
    [
        ("administrator", "teacher", False, 1, None),
        ("administrator", "teacher", False, 0, Objection.LAST_ADMINISTRATOR),
        ("administrator", "closed", False, 0, Objection.LAST_ADMINISTRATOR),
        ("administrator", "auditor", True, 5, Objection.OWN_ROLE),
        ("administrator", "closed", True, 5, Objection.OWN_ACCOUNT),
        ("administrator", "administrator", True, 0, None),
        ("teacher", "administrator", True, 1, Objection.OWN_ROLE),
        ("teacher", "closed", False, 0, None),
    ],
)
def test_the_rules(
    before: str, after: str, own: bool, others: int, found: Objection | None
) -> None:
    was = Position(Role(before), open=True)
    will = Position(was.role if after == "closed" else Role(after), open=after != "closed")
    assert objection(was, will, own=own, other_administrators=others) is found


def test_a_closed_administrators_account_may_lose_its_role() -> None:
    shut = Position(Role.ADMINISTRATOR, open=False)
    less = Position(Role.TEACHER, open=False)
    assert objection(shut, less, own=False, other_administrators=0) is None


def test_somebody_invited_has_no_password_yet() -> None:
    access = Access(Role.TEACHER, Approval.URGENT, (school.group("1А"),))
    made = staff.invite(" Мария ", " Maria@School.Example ", access, by=COMMAND_LINE, now=NOON)
    assert (made.name, made.user.username, made.user.email) == (
        "Мария",
        "maria@school.example",
        "maria@school.example",
    )
    assert not made.user.has_usable_password()
    assert [group.name for group in made.groups.all()] == ["1А"]


def test_an_invitation_is_written_down_without_a_name() -> None:
    made = staff.invite("Мария", "maria@school.example", TEACHER, by=COMMAND_LINE, now=NOON)
    entry = last()
    assert (entry.action, entry.subject) == (Action.STAFF_INVITED, str(made.pk))
    assert entry.facts == {"role": "teacher", "approval": "never", "groups": []}


@pytest.mark.parametrize("login", ["maria@school.example", "MARIA@school.example"])
def test_a_login_is_taken_once(login: str) -> None:
    staff.invite("Мария", "maria@school.example", TEACHER, by=COMMAND_LINE, now=NOON)
    with pytest.raises(LoginTaken):
        staff.invite("Другая", login, TEACHER, by=COMMAND_LINE, now=NOON)
    assert Staff.objects.count() == 1


def test_a_change_tells_what_was_and_what_is() -> None:
    person = member(name="Мария")
    access = Access(Role.AUDITOR, Approval.NEVER)
    staff.change(person, "Мария", access, by=COMMAND_LINE, now=NOON)
    assert last().facts == {"role": ["teacher", "auditor"]}


def test_what_does_not_change_is_not_written_down() -> None:
    person = member(name="Мария")
    staff.change(person, "Мария", TEACHER, by=COMMAND_LINE, now=NOON)
    assert not AuditEntry.objects.exists()


def test_a_change_works_at_the_next_click() -> None:
    person = member(Role.ADMINISTRATOR)
    member(Role.ADMINISTRATOR)
    client = browser(person)
    assert client.get("/audit/").status_code == 200
    staff.change(person, "Мария", TEACHER, by=COMMAND_LINE, now=NOON)
    assert client.get("/audit/").status_code == 403


def test_the_last_administrator_stays_one() -> None:
    person = member(Role.ADMINISTRATOR)
    closed = member(Role.ADMINISTRATOR)
    staff.close(closed, by=COMMAND_LINE, now=NOON)
    for act in (
        lambda: staff.close(person, by=COMMAND_LINE, now=NOON),
        lambda: staff.change(person, "x", TEACHER, by=COMMAND_LINE, now=NOON),
    ):
        assert refusal(act) is Objection.LAST_ADMINISTRATOR
    person.refresh_from_db()
    assert (person.role, person.user.is_active) == (Role.ADMINISTRATOR, True)


def test_nobody_changes_her_own_role() -> None:
    person = member(Role.ADMINISTRATOR)
    member(Role.ADMINISTRATOR)
    found = refusal(lambda: staff.change(person, "x", TEACHER, by=actor(person), now=NOON))
    assert found is Objection.OWN_ROLE


def test_ones_own_name_may_change() -> None:
    person = member(Role.ADMINISTRATOR)
    staff.change(person, "Новое имя", ADMINISTRATOR, by=actor(person), now=NOON)
    assert Staff.objects.get().name == "Новое имя"


def test_closing_shuts_out_at_once_and_for_good() -> None:
    person = member()
    client = browser(person)
    staff.close(person, by=COMMAND_LINE, now=NOON)
    assert client.get("/account/").status_code == 302
    staff.reopen(person, by=COMMAND_LINE, now=NOON)
    assert client.get("/account/").status_code == 302


def test_closing_keeps_the_account() -> None:
    person = member()
    staff.close(person, by=COMMAND_LINE, now=NOON)
    assert User.objects.filter(pk=person.user_id).exists()
    assert last().action == Action.STAFF_CLOSED


def test_a_reopened_account_is_written_down() -> None:
    person = member()
    staff.close(person, by=COMMAND_LINE, now=NOON)
    staff.reopen(person, by=COMMAND_LINE, now=NOON)
    assert (User.objects.get().is_active, last().action) == (True, Action.STAFF_REOPENED)


def test_a_link_is_written_down_and_the_token_is_not() -> None:
    way = staff.way_in(member(), by=COMMAND_LINE, now=NOON)
    entry = last()
    assert entry.action == Action.STAFF_LINKED
    assert way.token not in str(vars(entry))


def test_a_lost_telephone_is_forgotten() -> None:
    person = member()
    TOTPDevice.objects.create(user=person.user, name="telephone")
    staff.drop_second_factor(person, by=COMMAND_LINE, now=NOON)
    assert not user_has_device(person.user)
    assert last().action == Action.SECOND_FACTOR_OFF


def test_an_address_that_two_accounts_have_means_neither() -> None:
    for name in ("one", "two"):
        User.objects.create(username=name, email="office@school.example")
    assert staff.account_for("office@school.example") is None


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_close_each_other_at_the_same_time() -> None:
    one, other = member(Role.ADMINISTRATOR), member(Role.ADMINISTRATOR)
    found = together(
        lambda: refusal(lambda: staff.close(one, by=actor(other), now=NOON)),
        lambda: refusal(lambda: staff.close(other, by=actor(one), now=NOON)),
    )
    assert sorted(found, key=str) == [None, Objection.LAST_ADMINISTRATOR]
    assert User.objects.filter(is_active=True).count() == 1
