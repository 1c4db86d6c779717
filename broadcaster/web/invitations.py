"""One-time links as full addresses, shown to an administrator or sent by mail."""

from __future__ import annotations

from threading import Thread

from django.http import HttpRequest
from django.urls import reverse

from broadcaster.bootstrap import office
from broadcaster.i18n import _
from broadcaster.services.letters import Letter, write
from broadcaster.services.staff import Way, way_for
from broadcaster.store.models import Staff


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
    letter = Letter(
        to=staff.user.email,
        subject=_("Ссылка для входа"),
        text=words.format(school=school.name, link=link),
    )
    Thread(target=write, args=[office(), letter], daemon=True).start()
