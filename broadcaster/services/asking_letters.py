"""Letters about consent: to those who are asked, and to authors about what was decided.

They name no family and carry no text: whoever wants to read follows the link.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from broadcaster.alarm_words import clock
from broadcaster.approval_words import WIDENED, Deadline, deadline_words
from broadcaster.config import School
from broadcaster.domain.asking import Widened
from broadcaster.i18n import _


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request as its letter tells it; `title` is empty when it may not be told."""

    number: int
    title: str
    author: str
    asked_at: datetime
    deadline: Deadline
    again: bool
    widened: Widened | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision as its author is told: `path` leads to the announcement, `leaves_at` is its time.

    `words` are empty when there are none; `is_silent` says that they may not be told.
    """

    title: str
    agreed: bool
    by: str
    words: str
    is_silent: bool
    leaves_at: datetime | None
    path: str


def asking_letter(school: School, waiting: Sequence[Waiting], *, now: datetime) -> tuple[str, str]:
    """The subject and the plain text of one letter about all that waits."""
    if len(waiting) > 1:
        what = _("ждут согласования: {count}").format(count=len(waiting))
    else:
        what = _("ждёт согласования {title}").format(title=_quoted(waiting[0].title))
    if all(one.again for one in waiting):
        what = _("напоминание: {what}").format(what=what)
    lines = [line for one in waiting for line in (*_request(school, one, now), "")]
    return f"{school.name}: {what}", "\n".join((*lines, *_end(school)))


def _request(school: School, one: Waiting, now: datetime) -> Iterator[str]:
    since = clock(one.asked_at, now=now, zone=school.time_zone)
    yield _("Ждёт согласования: {title}.").format(title=_quoted(one.title))
    if one.author:
        yield _("Автор: {author}. Просит с {since}.").format(author=one.author, since=since)
    else:
        yield _("Подготовил календарь. Ждёт с {since}.").format(since=since)
    yield deadline_words(one.deadline, now=now, zone=school.time_zone)
    if one.widened is not None:
        yield WIDENED[one.widened]
    if school.public_url:
        yield _("Прочитать и решить: {url}").format(url=_url(school, f"approvals/{one.number}/"))


def _end(school: School) -> Iterator[str]:
    if not school.public_url:
        yield _("Прочитать и решить можно в разделе «Согласование».")
    yield _(
        "Письмо написала программа объявлений; его получают те, кого просят согласовать,"
        " и те, кто их замещает."
    )


def answer_letter(school: School, answer: Answer, *, now: datetime) -> tuple[str, str]:
    """The subject and the plain text of the letter to an author."""
    head = _("согласовано: {title}") if answer.agreed else _("вернули на доработку: {title}")
    subject = f"{school.name}: {head.format(title=_quoted(answer.title))}"
    return subject, "\n".join(_answer(school, answer, now))


def _answer(school: School, answer: Answer, now: datetime) -> Iterator[str]:
    if not answer.agreed:
        words = _("{by} возвращает вам на доработку: {title}.")
    elif answer.leaves_at is None:
        words = _("{by} согласует: {title}. Объявление передано на отправку.")
    else:
        words = _("{by} согласует: {title}. Объявление уйдёт {at}.")
    at = "" if answer.leaves_at is None else clock(answer.leaves_at, now=now, zone=school.time_zone)
    yield words.format(by=answer.by, title=_quoted(answer.title), at=at)
    if answer.words:
        label = _("Замечание: {words}") if answer.agreed else _("Что исправить: {words}")
        yield label.format(words=answer.words)
    elif answer.is_silent:
        yield _("Слова к решению — на странице: они называют человека, поэтому здесь их нет.")
    if school.public_url:
        yield _("Открыть: {url}").format(url=_url(school, answer.path))
    yield _("Письмо написала программа объявлений.")


def _quoted(title: str) -> str:
    return f"«{title}»" if title else _("объявление")


def _url(school: School, path: str) -> str:
    return f"{school.public_url.rstrip('/')}/{path}"
