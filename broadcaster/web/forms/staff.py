"""What an administrator fills in about a member of staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from broadcaster.domain.permissions import Approval, Role
from broadcaster.domain.staffing import LOGIN, LONGEST_LOGIN, LONGEST_NAME
from broadcaster.i18n import _
from broadcaster.services.staff import Access
from broadcaster.store.models import Group, Staff
from broadcaster.web.forms.ticks import TickedGroups
from broadcaster.words import APPROVALS, ROLES

ROLE_HELP = _(
    "Педагог пишет своим группам. Завуч или методист пишет всем и согласует чужие объявления, но"
    " настроек не меняет. Проверяющий видит отчёты, людей и журнал, но ничего не меняет. "
    "Администратор может всё."
)


class StaffForm(forms.Form):
    """The name that signs announcements, the role, the groups, whose word is waited for."""

    name = forms.CharField(
        label=_("Имя"),
        max_length=LONGEST_NAME,
        help_text=_("Так подписываются объявления, например «Мария Ивановна»."),
    )
    role = forms.ChoiceField(
        label=_("Роль"), choices=list(ROLES.items()), help_text=ROLE_HELP, initial=Role.TEACHER
    )
    groups = TickedGroups(
        label=_("Группы"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Кому пишет педагог. Остальным ролям группы не нужны."),
    )
    approval = forms.ChoiceField(
        label=_("Какие объявления ждут согласования"),
        choices=list(APPROVALS.items()),
        initial=Approval.NEVER,
    )

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial, use_required_attribute=False)
        groups: Any = self.fields["groups"]
        groups.queryset = Group.objects.order_by("name")

    @property
    def access(self) -> Access:
        """What the filled-in form grants; only a teacher is bound to groups."""
        given = self.cleaned_data
        role = Role(given["role"])
        groups = tuple(given["groups"]) if role is Role.TEACHER else ()
        return Access(role, Approval(given["approval"]), groups)


class InviteForm(StaffForm):
    """The same, with the login of somebody new."""

    login = forms.CharField(
        label=_("Электронная почта или логин"),
        max_length=LONGEST_LOGIN,
        validators=[
            RegexValidator(LOGIN, _("Можно буквы, цифры и знаки . + @ - _, без пробелов."))
        ],
        help_text=_("С ним человек входит. На почту можно прислать ссылку."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ["name", "login", "role", "groups", "approval"]


def filled_in(staff: Staff) -> dict[str, Any]:
    """The form's values for somebody who is here already."""
    return {
        "name": staff.name,
        "role": staff.role,
        "approval": staff.approval,
        "groups": list(staff.groups.values_list("pk", flat=True)),
    }
