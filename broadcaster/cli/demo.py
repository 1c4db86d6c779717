"""`demo`: the main job from end to end, on this machine alone, in under a minute."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from django.conf import settings

from broadcaster.bootstrap import normalisers, office
from broadcaster.cli.demo_calendar import play_calendar, played_as_json, write_calendar
from broadcaster.cli.demo_gallery import write_demo_gallery
from broadcaster.cli.doors import bells, ring_for_release
from broadcaster.cli.following import follow
from broadcaster.cli.forecasting import show_forecast
from broadcaster.cli.output import AWAY, Json, emit, fail, say
from broadcaster.cli.playground import Playground, playground, stay
from broadcaster.cli.processes import ChildEnded, Children, children, start_web, start_worker
from broadcaster.cli.reporting import report_as_json, show_report
from broadcaster.cli.system import prepare
from broadcaster.config_values import ROOT
from broadcaster.contract import Capability
from broadcaster.i18n import _
from broadcaster.services.announcing import save_draft
from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.drafting import read_draft
from broadcaster.services.follow import report
from broadcaster.services.release import forecast, release
from broadcaster.services.sample import load_sample_school
from broadcaster.store.models import Group, Guardian, Pupil
from broadcaster.store.queries.heartbeats import SWEEP, last_beat

EXAMPLES = ROOT / "examples"
PATIENCE = 45.0
"""Seconds that the sending may take; the demo ends under a minute."""

SCHOOL = """\
# Сделано командой broadcaster demo.
school:
  name: Школа № 12 «Родник»
  signature: "Секретарь: 8 (495) 000-00-12"
  public_url: http://{web}
quiet_hours:
  enabled: false   # иначе ночью показ ждал бы утра
calendar:
  enabled: true
retries:
  first_wait: 1.0
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """What is running: the platforms, our own processes, and where the pages are."""

    playground: Playground
    group: Children
    web: str


def demo(
    *,
    keep: Annotated[
        bool, typer.Option(help=_("Оставить всё работать до Ctrl-C и показать адреса."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Play a whole school on local platforms: an announcement on four channels, then a memo."""
    web = f"127.0.0.1:{_free_port()}"
    with playground(faults=EXAMPLES / "sandbox.yaml") as place:
        _write_settings(place, web)
        prepare()
        with children(settings.HOME / "logs", os.environ) as group:
            stage = Stage(place, group, web)
            start_worker(group)
            start_web(group, web)
            _tell(as_json, _("Песочница, обработчик и веб-страницы запускаются…"))
            try:
                _perform(stage, as_json=as_json)
            except ChildEnded as ended:
                fail("part_ended", [str(ended)], exit_code=AWAY)
            if keep:
                if not as_json:
                    _tell_addresses(stage)
                stay()


def _perform(stage: Stage, *, as_json: bool) -> None:
    _load_school(as_json=as_json)
    draft = read_draft(office(), EXAMPLES / "important.md")
    announcement = save_draft(office(), draft, now=datetime.now(UTC))
    if not as_json:
        say(_("Объявление «{title}», вложений: {files}").format(
            title=draft.title, files=len(draft.attachments)), "bold")  # fmt: skip
        show_forecast(
            forecast(office(), announcement, now=datetime.now(UTC)), office().school.time_zone
        )
    _await_worker(stage)
    bells()
    began = time.monotonic()
    release(office(), announcement, now=datetime.now(UTC))
    ring_for_release()
    follow(announcement, quiet=as_json, deadline=PATIENCE)
    took = time.monotonic() - began
    stage.group.check()
    gallery = _gallery(stage, "gallery.html", announcement)
    if not as_json:
        _tell_result(announcement, gallery, took)
        words = _("Календарь. Его часы переводим вперёд, а письма уходят по-настоящему, сейчас.")
        say(f"\n{words}", "bold")
    played = play_calendar(quiet=as_json)
    stage.group.check()
    memo = _gallery(stage, "memo.html", played.announcement)
    if as_json:
        told = report_as_json(report(announcement)) | {
            "gallery": gallery,
            "seconds": round(took, 2),
        }
        emit(told | {"calendar": played_as_json(played) | {"gallery": memo}})
    else:
        say(_("Памятка на телефонах и на сайте: {file}").format(file=memo), "bold")


def _gallery(stage: Stage, name: str, announcement: UUID) -> Path:
    """Write what everybody has got by now, with the report of one announcement beside it."""
    file = settings.HOME / name
    write_demo_gallery(file, announcement, stage.playground, f"http://{stage.web}/site/feed.json")
    return file


def _load_school(*, as_json: bool) -> None:
    """Import the sample school; its addresses are spelled by the channels themselves."""
    load_sample_school(
        people=normalisers(Capability.PEOPLE),
        places=normalisers(Capability.DESTINATIONS),
        by=COMMAND_LINE,
        now=datetime.now(UTC),
    )
    _tell(
        as_json,
        _("Школа загружена: групп {groups}, детей {pupils}, родителей {guardians}.").format(
            groups=Group.objects.count(),
            pupils=Pupil.objects.count(),
            guardians=Guardian.objects.count(),
        ),
    )


def _await_worker(stage: Stage) -> None:
    """Return when the worker has shown life."""
    deadline = time.monotonic() + PATIENCE
    while last_beat(SWEEP) is None:
        stage.group.check()
        if time.monotonic() > deadline:
            raise ChildEnded(_("обработчик не отвечает; журнал: {log}").format(
                log=settings.HOME / "logs" / "worker.log"))  # fmt: skip
        time.sleep(0.1)


def _write_settings(place: Playground, web: str) -> None:
    file = Path(os.environ["BROADCASTER_CONFIG"])
    file.write_text(SCHOOL.format(web=web) + place.channels, encoding="utf-8")
    write_calendar(datetime.now(UTC))


def _tell(as_json: bool, words: str) -> None:  # noqa: FBT001 - the two ways to speak
    if not as_json:
        say(words)


def _tell_result(announcement: UUID, gallery: Path, took: float) -> None:
    show_report(report(announcement), office().school.time_zone)
    say(_("Отправка заняла {took:.1f} с.").format(took=took))
    say(_("Что увидел каждый родитель: {file}").format(file=gallery), "bold")


def _tell_addresses(stage: Stage) -> None:
    say(_("Телефоны родителей: {url}").format(url=stage.playground.addresses["phones"]))
    say(_("Страница объявлений: http://{web}/site/").format(web=stage.web))
    say(_("Журналы: {folder}. Остановить: Ctrl-C.").format(folder=settings.HOME / "logs"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
