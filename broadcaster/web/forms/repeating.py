"""What a browser sends of how an announcement repeats itself: a few usual shapes, each an RRULE."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django import forms

from broadcaster.bootstrap import office
from broadcaster.calendar_words import SHIFTS
from broadcaster.domain.days_off import Shift
from broadcaster.domain.repeating import Repetition, end_of, with_end, without_end
from broadcaster.domain.rule_choices import LAST_DAY, LONGEST_MONTH, WEEKDAYS, How, choice_of
from broadcaster.i18n import _
from broadcaster.services.outlets import local_day

DAILY, WORKING = "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
FIXED = {"day": DAILY, "working": WORKING}
HOWS: Sequence[tuple[str, str]] = (
    ("week", _("каждую неделю")),
    ("month", _("каждый месяц")),
    ("working", _("по будням")),
    ("day", _("каждый день")),
)
OTHER = ("other", _("по другому правилу"))
DAYS: Sequence[tuple[str, str]] = tuple(
    zip(
        WEEKDAYS,
        (_("пн"), _("вт"), _("ср"), _("чт"), _("пт"), _("сб"), _("вс")),
        strict=True,
    )
)
ENDS: Sequence[tuple[str, str]] = (
    ("until", _("по этот день")),
    ("open", _("без последнего дня (не дольше двух лет)")),
)
FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_RULE = 250
"""Characters; an end must still fit behind it."""
SCHOOL_YEAR_ENDS = (5, 31)
"""Month and day until which most announcements are repeated."""


class RepeatForm(forms.Form):
    """The fields of a repetition; they are asked for only where it is chosen.

    A rule that has none of the shapes is kept as it is, with the day on which it begins.
    """

    repeat_how = forms.ChoiceField(
        choices=[*HOWS, OTHER],
        error_messages={
            "required": _("Выберите, как повторять."),
            "invalid_choice": _("Выберите, как повторять."),
        },
    )
    repeat_days = forms.MultipleChoiceField(choices=DAYS, required=False)
    repeat_month_day = forms.TypedChoiceField(
        choices=[(str(day), str(day)) for day in (*range(1, LONGEST_MONTH + 1), LAST_DAY)],
        required=False,
    )
    repeat_rule = forms.CharField(required=False, max_length=LONGEST_RULE)
    repeat_begins = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    repeat_at = forms.TimeField(
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={
            "required": _("Укажите, во сколько отправлять."),
            "invalid": _("Во сколько отправлять — время вида 16:00."),
        },
    )
    repeat_shift = forms.ChoiceField(
        choices=[(one.value, words) for one, words in SHIFTS.items()],
        error_messages={"required": _("Выберите, куда переносить с выходного.")},
    )
    repeat_end = forms.ChoiceField(
        choices=ENDS, error_messages={"required": _("Выберите, до какого дня повторять.")}
    )
    repeat_until = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        error_messages={"invalid": _("Последний день — это не дата.")},
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a choice of which a part is missing."""
        given: dict[str, Any] = super().clean() or {}
        for name, words in _lacking(given):
            if name not in self.errors:
                self.add_error(name, words)
        return given

    def repetition(self) -> Repetition:
        """What a valid form says."""
        said = self.cleaned_data
        other = said["repeat_how"] == OTHER[0]
        rule = _rule(said)
        if said["repeat_end"] == "until":
            rule = with_end(rule, said["repeat_until"])
        return Repetition(
            rule=rule,
            at=said["repeat_at"],
            shift=Shift(said["repeat_shift"]),
            begins=said["repeat_begins"] if other else None,
        )

    def faults(self) -> list[str]:
        """Everything that is missing or wrong, in the order of the fields."""
        return [str(error) for errors in self.errors.values() for error in errors]

    def chosen_days(self) -> set[str]:
        """The weekdays that are ticked, valid or not."""
        return set(map(str, self["repeat_days"].value() or ()))


def repeat_initial(repeats: Repetition | None) -> dict[str, Any]:
    """The first values of the form: what is stored, or what a school would mostly want."""
    today = local_day(office(), datetime.now(UTC))
    plain = {
        "repeat_how": "week",
        "repeat_days": ["FR"],
        "repeat_month_day": "1",
        "repeat_at": "16:00",
        "repeat_shift": Shift.NEXT.value,
        "repeat_end": "until",
        "repeat_until": f"{_school_year_ends(today):%Y-%m-%d}",
    }
    return plain if repeats is None else plain | _stored(repeats)


def _stored(repeats: Repetition) -> dict[str, Any]:
    end = end_of(repeats.rule)
    return {
        **_shape(repeats),
        "repeat_at": f"{repeats.at:%H:%M}",
        "repeat_shift": repeats.shift.value,
        "repeat_end": "until" if end else "open",
        **({"repeat_until": f"{end:%Y-%m-%d}"} if end else {}),
    }


def _shape(repeats: Repetition) -> dict[str, Any]:
    """Which choice a rule is, with its values."""
    rule = without_end(repeats.rule)
    for how, fixed in FIXED.items():
        if rule == fixed and repeats.begins is None:
            return {"repeat_how": how}
    how_chosen, chosen = choice_of(rule)
    if repeats.begins is None and how_chosen is How.WEEK:
        return {"repeat_how": "week", "repeat_days": chosen["week_days"]}
    if repeats.begins is None and how_chosen is How.MONTH_DATE:
        return {"repeat_how": "month", "repeat_month_day": str(chosen["month_day"])}
    begins = f"{repeats.begins:%Y-%m-%d}" if repeats.begins else ""
    return {"repeat_how": OTHER[0], "repeat_rule": rule, "repeat_begins": begins}


def _rule(said: Mapping[str, Any]) -> str:
    match said["repeat_how"]:
        case "week":
            days = [day for day in WEEKDAYS if day in said["repeat_days"]]
            return f"FREQ=WEEKLY;BYDAY={','.join(days)}"
        case "month":
            return f"FREQ=MONTHLY;BYMONTHDAY={said['repeat_month_day']}"
        case "other":
            return without_end(str(said["repeat_rule"]))
        case fixed:
            return FIXED[fixed]


def _lacking(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parts that a choice needs and that are not there."""
    needed = {
        "week": ("repeat_days", _("Выберите хотя бы один день недели.")),
        "month": ("repeat_month_day", _("Выберите число месяца.")),
        "other": ("repeat_rule", _("Выберите, как повторять.")),
    }
    lacking = []
    how = needed.get(str(given.get("repeat_how")))
    if how is not None and not given.get(how[0]):
        lacking.append(how)
    if given.get("repeat_end") == "until" and not given.get("repeat_until"):
        lacking.append(("repeat_until", _("Укажите последний день.")))
    days = [name for name in ("repeat_until", "repeat_begins") if given.get(name)]
    far = [name for name in days if not FIRST_YEAR <= given[name].year <= LAST_YEAR]
    return [*lacking, *((name, _("Проверьте год.")) for name in far)]


def _school_year_ends(today: date) -> date:
    month, day = SCHOOL_YEAR_ENDS
    this_year = date(today.year, month, day)
    return this_year if today < this_year else date(today.year + 1, month, day)
