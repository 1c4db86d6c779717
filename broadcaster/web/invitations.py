"""One-time links as full addresses, shown to an administrator or sent by mail."""

from __future__ import annotations

import logging
from threading import Thread

from django.http import HttpRequest
from django.urls import reverse

from broadcaster.bootstrap import office, post
from broadcaster.i18n import _
from broadcaster.services.staff import Way, way_for
from broadcaster.store.models import Staff

log = logging.getLogger(__name__)

WRITING = "letter with a link"
"""The name of a thread that hands over a letter."""


def address_of(way: Way, base: str) -> str:
    """The full address of a link; `base` is where people reach the staff's screens."""
    return base.rstrip("/") + reverse("welcome", args=[way.uid, way.token])


def base_of(request: HttpRequest) -> str:
    """The address by which the staff's screens are reached: the school's, else what was asked."""
    return office().school.public_url or request.build_absolute_uri("/")


def send_link(request: HttpRequest, staff: Staff) -> None:
    """Mail a link to somebody's own address, beside this request.

    How long a mail server takes would tell a stranger whether there is such an account.
    """
    school = office().school
    words = _(
        "Здравствуйте!\n\nПо этой ссылке можно задать пароль для входа в программу объявлений "
        "({school}):\n\n{link}\n\nСсылка действует три дня и только один раз. Если вы её не "
        "просили, ничего не делайте."
    )
    link = address_of(way_for(staff.user), base_of(request))
    letter = (_("Ссылка для входа"), words.format(school=school.name, link=link))
    Thread(target=_write, args=[staff.user.email, *letter], name=WRITING, daemon=True).start()


def _write(to: str, subject: str, text: str) -> None:
    """Hand a letter to the school's mail server; that it was refused is only logged."""
    mail = post()
    try:
        if mail is not None:
            mail.send([to], subject, text)
    except (OSError, ValueError) as error:
        log.warning("link.letter_refused", extra={"fault": type(error).__name__})
