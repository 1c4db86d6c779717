"""What is worth a second look before an import, though nothing forbids it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from broadcaster.domain.naming import folded, unordered
from broadcaster.i18n import _
from broadcaster.services.people.classes import in_two_classes
from broadcaster.services.people.header import Column, Header
from broadcaster.services.people.matching import Match
from broadcaster.services.people.plan import Problem
from broadcaster.store.queries.people import Roll


def doubts(matches: Sequence[Match], roll: Roll, header: Header) -> list[Problem]:
    """Warnings by line: shared addresses, likely doubles, children of two classes, preferences and
    consents not followed.
    """
    return sorted(
        [
            *_shared(matches, roll, header),
            *_doubles(matches, roll, header),
            *in_two_classes(matches, roll, header),
            *_preferences(matches, header),
            *_withdrawn(matches, roll, header),
        ],
        key=lambda warning: warning.line,
    )


def out_of_reach(matches: Iterable[Match]) -> Iterator[Problem]:
    """Two warnings about the whole: how many new parents would get nothing, and why."""
    agreed: dict[int, list[bool]] = defaultdict(list)
    for match in matches:
        if match.guardian < 0:
            agreed[match.guardian] += [match.row.consent_on is not None] * len(match.row.addresses)
    if count := sum(bool(one) and not any(one) for one in agreed.values()):
        yield Problem(
            0,
            "",
            _("Новых родителей, у которых есть адреса, но нет согласия: {count}.").format(
                count=count
            ),
            _("Им ничего не уйдёт. Впишите дату согласия, если оно есть."),
        )
    if count := sum(not one for one in agreed.values()):
        yield Problem(
            0,
            "",
            _("Новых родителей без единого адреса: {count}.").format(count=count),
            _("Им ничего не уйдёт. Впишите хотя бы один адрес, если он известен."),
        )


def moved_up(matches: Iterable[Match], roll: Roll) -> Iterator[Problem]:
    """A warning about the whole: how many children of known parents would be written down twice."""
    known = {(guardian, folded(roll.pupils[pupil])) for guardian, pupil in roll.kin}
    twice = {
        match.pupil
        for match in matches
        if match.pupil < 0 and (match.guardian, folded(match.row.pupil)) in known
    }
    if twice:
        yield Problem(
            0,
            "",
            _("Детей, которые у того же родителя уже записаны в другой группе: {count}.").format(
                count=len(twice)
            ),
            _(
                "Их станет двое, и семьи получат объявления обеих групп. Те же дети — впишите и"
                " прежнюю группу; начался учебный год — сначала переименуйте группы, начиная со"
                " старших."
            ),
        )


def _shared(matches: Iterable[Match], roll: Roll, header: Header) -> Iterator[Problem]:
    """Two parents may share a mailbox; two messenger accounts alike are a slip."""
    owners: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for address in roll.addresses:
        owners[address.channel, address.value][address.guardian] = 0
    for match in matches:
        for given in match.row.addresses:
            lines = owners[given.key]
            lines.setdefault(match.guardian, match.row.line)
            elsewhere = [line for owner, line in lines.items() if owner != match.guardian]
            if elsewhere:
                yield Problem(
                    match.row.line,
                    header.title(given.channel),
                    _also_at(elsewhere[0]),
                    _("Если адрес у них общий, ничего делать не нужно; придёт одна копия."),
                )


def _also_at(line: int) -> str:
    if line:
        return _("Этот адрес и у другого человека, в строке {line}.").format(line=line)
    return _("Этот адрес уже записан за другим человеком.")


def _doubles(matches: Iterable[Match], roll: Roll, header: Header) -> Iterator[Problem]:
    """A new guardian named like one the pupil has already is probably the same person."""
    namesakes: dict[tuple[str, int], set[int]] = defaultdict(set)
    for guardian, pupil in roll.kin:
        namesakes[unordered(roll.guardians[guardian]), pupil].add(guardian)
    told: set[int] = set()
    for match in matches:
        alike = namesakes[unordered(match.row.guardian), match.pupil]
        alike.add(match.guardian)
        if match.guardian < 0 and match.guardian not in told and len(alike) > 1:
            told.add(match.guardian)
            yield Problem(
                match.row.line,
                header.title(Column.GUARDIAN),
                _("У ребёнка уже есть родитель с таким именем, но с другими адресами."),
                _("Если это тот же человек, впишите и прежний адрес; иначе их будет двое."),
            )


def _preferences(matches: Iterable[Match], header: Header) -> Iterator[Problem]:
    first: dict[int, tuple[str, int]] = {}
    for match in matches:
        if not match.row.prefers:
            continue
        channel, line = first.setdefault(match.guardian, (match.row.prefers, match.row.line))
        if channel != match.row.prefers:
            yield Problem(
                match.row.line,
                header.title(Column.PREFERS),
                _("В строке {line} этот человек предпочитает «{channel}».").format(
                    line=line, channel=channel
                ),
                _("Действует первая из этих строк; исправьте, если это не так."),
            )


def _withdrawn(matches: Iterable[Match], roll: Roll, header: Header) -> Iterator[Problem]:
    withdrawn = {(row.guardian, row.channel, row.value) for row in roll.addresses if row.withdrawn}
    for match in matches:
        for given in match.row.addresses:
            if match.row.consent_on and (match.guardian, *given.key) in withdrawn:
                yield Problem(
                    match.row.line,
                    header.title(given.channel),
                    _("Согласие на этот адрес отозвано."),
                    _("Файл его не вернёт: новое согласие записывают на странице человека."),
                )
