"""The only room that knows both core and adapters: configuration in, a working office out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

from django.conf import settings
from limits import parse
from limits.storage import Storage, storage_from_string

from broadcaster.config import ChannelSettings, Config, ConfigMistake, adapter_config, load
from broadcaster.config_values import ROOT, unknown
from broadcaster.contract import Capability, Channel, DataClass
from broadcaster.i18n import _
from broadcaster.rendering.check import check_templates
from broadcaster.rendering.templates import Templates
from broadcaster.services.contents import looks_of
from broadcaster.services.outlets import Office, Outlet


@cache
def office() -> Office:
    """The office of this process, built at first use; raises ConfigMistake."""
    return open_office(load())


@cache
def showroom() -> Office:
    """An office with every configured channel, switched on or not, for looks that send nothing."""
    config = load()
    every = {name: replace(channel, enabled=True) for name, channel in config.channels.items()}
    return open_office(replace(config, channels=every))


def open_office(config: Config) -> Office:
    """Put the parts together; every channel that is on is configured and checked."""
    outlets = [
        outlet_of(config, channel) for channel in config.channels.values() if channel.enabled
    ]
    templates = Templates(config.templates)
    for mistake in check_templates(
        templates, looks_of(outlets, public_url=config.school.public_url)
    ):
        raise mistake
    return Office(
        school=config.school,
        quiet=config.quiet,
        retries=config.retries,
        lease=timedelta(seconds=config.dispatch.lease),
        outlets={outlet.name: outlet for outlet in outlets},
        limits_storage=cast("Storage", storage_from_string(settings.REDIS_URL or "memory://")),
        templates=templates,
        files=settings.FILE_FOLDER,
        largest_file=config.files.largest,
        most_files=config.files.most,
    )


def outlet_of(config: Config, channel: ChannelSettings) -> Outlet:
    """One channel's outlet; raises ConfigMistake when its block does not fit its adapter."""
    adapter = adapter_of(channel)
    base = config.school.public_url.rstrip("/")
    own = adapter_config(
        channel,
        adapter.Config,
        folder=settings.SITE_FOLDER,
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
    )


def _carried(channel: ChannelSettings, most: DataClass) -> DataClass:
    """The most this channel may carry here: what the school says, never more than the platform."""
    chosen = most if channel.data_class is None else channel.data_class
    if chosen > most:
        words = _("этому каналу нельзя доверить больше, чем {most}").format(most=most.name.lower())
        raise ConfigMistake(channel.file, f"channels.{channel.name}.data_class", words)
    return chosen


def adapter_of(channel: ChannelSettings) -> type[Channel]:
    """The adapter's class: the attribute `adapter` of its module in `channels/`."""
    try:
        module = import_module(f"channels.{channel.adapter}")
    except ModuleNotFoundError as error:
        known = dict.fromkeys(path.stem for path in (ROOT / "channels").glob("[a-z]*"))
        problem = unknown(channel.adapter, known)
        raise ConfigMistake(channel.file, f"channels.{channel.name}", problem) from error
    adapter: type[Channel] = module.adapter
    return adapter


def publish_elsewhere(target: Path, public_url: str) -> int:
    """Write the school's pages and feeds for another address; returns how many announcements.

    Raises LookupError when the site is switched off, otherwise what `channels.site.export` raises.
    """
    if "site" not in office().outlets:
        raise LookupError(_("канал «site» выключен"))
    export = import_module("channels.site").export
    return int(export(office().outlets["site"].config, target, public_url=public_url))


def normalisers(reach: Capability) -> dict[str, Callable[[str], str]]:
    """How each channel that reaches people, or places, spells an address; switched on or not."""
    adapters = {channel.name: adapter_of(channel) for channel in load().channels.values()}
    return {
        name: adapter.normalise
        for name, adapter in adapters.items()
        if reach in adapter.traits.capabilities
    }
