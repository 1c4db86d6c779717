"""The only room that knows both core and adapters: configuration in, a working office out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Lock
from time import monotonic
from types import ModuleType
from typing import Any, cast

from django.conf import settings
from limits import parse

from broadcaster.config import (
    ChannelSettings,
    Config,
    ConfigMistake,
    adapter_config,
    load,
    own_file,
)
from broadcaster.config_values import ROOT, is_folder, unknown
from broadcaster.contract import Capability, Channel, DataClass
from broadcaster.domain.spelling import spelling
from broadcaster.i18n import _
from broadcaster.playground import Addresses, address_file, addresses_of, pointed
from broadcaster.rendering.check import check_templates
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.rendering.templates import Templates
from broadcaster.services.alarms import Post
from broadcaster.services.contents import looks_of
from broadcaster.services.limits_store import limits_storage
from broadcaster.services.outlets import Office, Outlet

log = logging.getLogger(__name__)


TRIED = frozenset({"telegram", "vk", "email", "site"})
"""Adapters on which the program's own templates are tried by its tests, not at every start."""

LOOK_EVERY = 1.0
"""Seconds for which an office is taken for fresh without a look at the files."""

Stamp = tuple[tuple[int, int, int] | None, ...]


class Standing:
    """An office that is built at first use, and again when the files behind it have changed.

    Calling it costs nothing but a look at the clock; once a second it looks at the files. New
    files that cannot be used change nothing: the office stays as it was and `refused` says why.
    What limits count goes over into the new office.
    """

    def __init__(self, config: Callable[[], Config]) -> None:
        self._config = config
        self._lock = Lock()
        self.cache_clear()

    def __call__(self) -> Office:
        """The office; raises ConfigMistake or RenderingMistake when there has been none yet."""
        if self._office is None or monotonic() >= self._look_at:
            self._look()
        return cast("Office", self._office)

    def cache_clear(self) -> None:
        """Forget the office."""
        self._office: Office | None = None
        self._behind: Config | None = None
        self._stamp: Stamp = ()
        self._look_at = 0.0
        self.refused = ""

    @property
    def config(self) -> Config:
        """The school's file as it is now, or what stands while that cannot be used.

        Raises ConfigMistake when there has been no office yet.
        """
        try:
            return self._config()
        except ConfigMistake:
            if self._behind is None:
                raise
            return self._behind

    def refresh(self) -> None:
        """Look at the files now."""
        self._look_at = 0.0
        self()

    def _look(self) -> None:
        with self._lock:
            stamp = _stamp()
            if self._office is None or stamp != self._stamp:
                self._build()
                self._stamp = stamp
            self._look_at = monotonic() + LOOK_EVERY

    def _build(self) -> None:
        before = self._office
        try:
            config = self._config()
            made = open_office(config)
        except (ConfigMistake, RenderingMistake) as mistake:
            if before is None:
                raise
            self.refused = str(mistake)
            log.warning("config.refused", extra={"problem": self.refused})
            return
        self._office = replace(made, limits_storage=before.limits_storage) if before else made
        self._behind = config
        self.refused = ""


def _stamp() -> Stamp:
    """What tells that the files behind an office have changed."""
    return tuple(map(_stamp_of, (own_file(), address_file(settings.HOME))))


def _stamp_of(file: Path) -> tuple[int, int, int] | None:
    try:
        seen = file.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


def _everything_shown() -> Config:
    config = load()
    every = {name: replace(channel, enabled=True) for name, channel in config.channels.items()}
    return replace(config, channels=every)


office = Standing(load)
"""The office of this process."""

showroom = Standing(_everything_shown)
"""An office with every configured channel, switched on or not, for looks that send nothing."""


def look_again() -> None:
    """Let this process know at once that the school's file has changed."""
    office.refresh()
    showroom.cache_clear()


def try_out(file: Path) -> None:
    """Build an office from a file that is not in force; raises ConfigMistake, RenderingMistake."""
    open_office(load(file))


def trial(name: str, values: Mapping[str, Any]) -> Outlet:
    """A real channel with other values than the school's file has, to be asked who we are.

    Raises ConfigMistake. The sandbox does not matter here.
    """
    config = load()
    channel = config.channels[name]
    return outlet_of(config, replace(channel, enabled=True, own={**channel.own, **values}))


def site_folder(*, sandbox: bool) -> Path:
    """Where the site's pages are; trial announcements never lie among the school's own."""
    return settings.HOME / "sandbox-site" if sandbox else Path(settings.SITE_FOLDER)


def open_office(config: Config) -> Office:
    """Put the parts together; every channel that is on is configured and checked.

    Raises ConfigMistake, and RenderingMistake for the first mistake in templates of the school's
    own, or in any on a channel of its own.
    """
    _refuse_no_folder(config)
    stage = addresses_of(settings.HOME) if config.sandbox else Addresses()
    config = pointed(config, stage) if config.sandbox else config
    outlets = [
        outlet_of(config, channel) for channel in config.channels.values() if channel.enabled
    ]
    templates = Templates(config.templates)
    untried = [one for one in outlets if config.templates or one.adapter.name not in TRIED]
    for mistake in check_templates(
        templates, looks_of(untried, public_url=config.school.public_url)
    ):
        raise mistake
    return Office(
        school=config.school,
        quiet=config.quiet,
        retries=config.retries,
        lease=timedelta(seconds=config.dispatch.lease),
        outlets={outlet.name: outlet for outlet in outlets},
        limits_storage=limits_storage(settings.REDIS_URL),
        templates=templates,
        files=settings.FILE_FOLDER,
        largest_file=config.files.largest,
        most_files=config.files.most,
        flights=settings.FLIGHTS,
        calendar=config.calendar,
        api=config.api,
        webhooks=config.webhooks,
        alarms=config.alarms,
        approvals=config.approvals,
        metrics=config.metrics,
        sandbox=config.sandbox,
        phones=stage.phones,
    )


def _refuse_no_folder(config: Config) -> None:
    """Raise ConfigMistake when the school's templates are to be where there is no folder."""
    if config.templates and not is_folder(config.templates):
        words = _("ожидается папка со своими шаблонами, но такой папки нет: {folder}")
        raise ConfigMistake(config.file, "templates", words.format(folder=config.templates))


def outlet_of(config: Config, channel: ChannelSettings) -> Outlet:
    """One channel's outlet; raises ConfigMistake when its block does not fit its adapter."""
    adapter = adapter_of(channel)
    base = config.school.public_url.rstrip("/")
    own = adapter_config(
        channel,
        adapter.Config,
        folder=site_folder(sandbox=config.sandbox),
        public_url=f"{base}/site/" if base else "http://127.0.0.1:8000/site/",
        title=config.school.name,
        sender_name=config.school.name,
        time_zone=config.school.time_zone,
        templates=config.templates / "site" if config.templates else None,
    )
    return Outlet(
        name=channel.name,
        adapter=adapter,
        config=own,
        carries=_carried(channel, adapter.traits.data_class),
        limits=tuple(map(parse, channel.limits)),
        place_limits=tuple(map(parse, channel.place_limits)),
        lanes=channel.lanes,
        page_of=_page_of(adapter, own) if base else None,
        requests_for=getattr(_module_of(channel), "requests_for", None),
    )


def _page_of(adapter: type[Channel], config: Any) -> Callable[[str], str] | None:
    """How to know an announcement's page on this channel; None where there are none."""
    found = getattr(_package_of(adapter), "page_of", None)
    return partial(found, config) if found else None


def _package_of(adapter: type[Channel]) -> ModuleType:
    return import_module(adapter.__module__.rpartition(".")[0])


def _carried(channel: ChannelSettings, most: DataClass) -> DataClass:
    """The most this channel may carry here: what the school says, never more than the platform."""
    chosen = most if channel.data_class is None else channel.data_class
    if chosen > most:
        words = _("этому каналу нельзя доверить больше, чем {most}").format(most=most.name.lower())
        raise ConfigMistake(channel.file, f"channels.{channel.name}.data_class", words)
    return chosen


def adapter_of(channel: ChannelSettings) -> type[Channel]:
    """The adapter's class: the attribute `adapter` of its module in `channels/`."""
    adapter: type[Channel] = _module_of(channel).adapter
    return adapter


def _module_of(channel: ChannelSettings) -> ModuleType:
    try:
        return import_module(f"channels.{channel.adapter}")
    except ModuleNotFoundError as error:
        known = dict.fromkeys(path.stem for path in (ROOT / "channels").glob("[a-z]*"))
        problem = unknown(channel.adapter, known)
        raise ConfigMistake(channel.file, f"channels.{channel.name}", problem) from error


def post() -> Post | None:
    """How letters to the school's own people leave: the account of the e-mail channel.

    None when no such channel is switched on.
    """
    for outlet in office().outlets.values():
        if send := getattr(_package_of(outlet.adapter), "send_plain", None):
            return Post(outlet.name, partial(_sent, send, outlet.config))
    return None


def _sent(send: Any, config: Any, recipients: Sequence[str], subject: str, text: str) -> None:
    asyncio.run(send(config, recipients, subject, text))


def publish_elsewhere(target: Path, public_url: str) -> int:
    """Write the school's pages and feeds for another address; returns how many announcements.

    Raises LookupError when the site is switched off, otherwise what `channels.site.export` raises.
    """
    if "site" not in office().outlets:
        raise LookupError(_("канал «site» выключен"))
    export = import_module("channels.site").export
    return int(export(office().outlets["site"].config, target, public_url=public_url))


def normalisers(reach: Capability) -> dict[str, Callable[[str], str]]:
    """How each channel that reaches people, or places, spells an address; switched on or not.

    Where many people read is refused as a person's address, and a person's as a place's: what names
    her must not go there.
    """
    adapters = {channel.name: adapter_of(channel) for channel in office.config.channels.values()}
    return {
        name: spelling(adapter, reach)
        for name, adapter in adapters.items()
        if reach in adapter.traits.capabilities
    }
