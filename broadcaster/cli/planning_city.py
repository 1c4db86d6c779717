"""A city's figures, as the command line shows them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from babel.numbers import format_decimal

from broadcaster.cli.output import say, table
from broadcaster.domain.planner import Bound
from broadcaster.i18n import LANGUAGE, _
from broadcaster.leaving_words import BINDS, lasting
from broadcaster.services.city import City, Part, Survey
from broadcaster.words import channel_word

GIGABYTE = 1_000_000_000


def show_survey(told: Survey, city: City) -> None:
    """Print the channels, then what has to stand ready."""
    minutes = round(city.within.total_seconds() / 60)
    table(
        [
            _("Канал"),
            _("Предел"),
            _("Копий"),
            _("Запросов"),
            _("Один ключ на город"),
            _("Ключ у каждой школы"),
            _("Ключей на {minutes} мин").format(minutes=minutes),
        ],
        [_row(part) for part in told.parts],
        title=_("Одно срочное объявление — {families} семьям, школ: {schools}").format(
            families=_number(city.families), schools=_number(city.schools)
        ),
    )
    say(_("Что держит последнюю копию"), "bold")
    for part in told.parts:
        words = _("{channel}: один ключ — {whole}; ключ у каждой школы — {school}.")
        say(
            words.format(
                channel=channel_word(part.channel),
                whole=BINDS[Bound(part.whole.binds)],
                school=BINDS[Bound(part.school.binds)],
            )
        )
    table([_("Чтобы уложиться, нужно"), ""], _needs(told), title=_("Машины и база данных"))
    say(
        _("Скорости и размеры измерены на одной машине (benchmarks/README.md), пределы взяты из"
          " настроек; сети и чужие серверы добавят своё.")
    )  # fmt: skip


def _row(part: Part) -> tuple[str, ...]:
    return (
        channel_word(part.channel),
        ", ".join(part.limits) or _("нет"),
        _number(part.copies),
        _number(part.whole.requests),
        lasting(part.whole.seconds),
        lasting(part.school.seconds),
        "—" if part.accounts is None else _number(part.accounts),
    )


def _needs(told: Survey) -> list[tuple[str, str]]:
    return [
        (_("отправляющих процессов"), _number(told.workers)),
        (_("их память"), _gigabytes(told.memory)),
        (_("дорожек отправки (lanes)"), _number(told.lanes)),
        (_("соединений с платформами, не больше"), _number(told.platform_connections)),
        (_("соединений с базой, не больше"), _number(told.database_connections)),
        (_("создать копии в базе"), lasting(told.release_seconds)),
        (_("новых строк: копии и ответы"), _number(told.rows)),
        (_("место для людей и адресов"), _gigabytes(told.people_bytes)),
        (_("место для каждого такого объявления"), _gigabytes(told.copies_bytes)),
    ]


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")


def _gigabytes(value: int) -> str:
    return _("{size} ГБ").format(size=format_decimal(value / GIGABYTE, "0.0", locale=LANGUAGE))


def survey_as_json(told: Survey) -> dict[str, Any]:
    """The same for machines; times in seconds, sizes in bytes."""
    return asdict(told)
