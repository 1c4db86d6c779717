"""The channel as the core sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Self

from broadcaster.contract import (
    Between,
    Capability,
    DataClass,
    Envelope,
    Health,
    Held,
    Markup,
    Outcome,
    Secret,
    Traits,
    Turnstile,
    Uploads,
)
from channels.vk import addresses
from channels.vk.api import HOST, Account
from channels.vk.bundles import PEERS, bundles
from channels.vk.errors import VkError
from channels.vk.files import Files, Shelf
from channels.vk.messages import Messages
from channels.vk.wall import Wall

RIGHTS = ("messages", "photos", "docs")
"""What a community's token must be allowed to do."""

USER_PACE = 0.34
"""Seconds between requests with an administrator's token: VK allows three a second."""

Results = list[tuple[Envelope, Outcome]]


@dataclass(frozen=True, slots=True)
class VkConfig:
    """The block of YAML: `token` is the community's, `user_token` an administrator's, for the wall.

    `timeout` is in seconds, for connecting and again for each wait for an answer.
    """

    token: Secret
    group_id: Annotated[int, Between(0, 10**12)]
    user_token: Secret = field(default_factory=lambda: Secret(""))
    base_url: str = HOST
    connections: Annotated[int, Between(1, 256)] = 8
    timeout: Annotated[float, Between(0.1, 600)] = 15.0


class Vk:
    """One community on VK."""

    name: ClassVar[str] = "vk"
    Config: ClassVar[type[Any]] = VkConfig
    traits: ClassVar[Traits] = Traits(
        markup=Markup.PLAIN,
        data_class=DataClass.PERSONAL,
        capabilities=frozenset(
            {
                Capability.ATTACHMENTS,
                Capability.BUTTONS,
                Capability.ALBUMS,
                Capability.DESTINATIONS,
                Capability.PEOPLE,
            }
        ),
        max_text=9000,
        max_caption=9000,
        utf16=True,  # how VK counts an emoji is not documented: taken for two it is never too long
        max_attachment=200 * 1024 * 1024,
        refused_types=frozenset({"audio/mpeg"}),  # no music among documents (docs.save)
        repeatable=False,  # see the package's docstring
        together=PEERS,
    )

    def __init__(self, config: VkConfig, *, turnstile: Turnstile, uploads: Uploads) -> None:
        self._config = config
        self._turnstile = turnstile
        self._uploads = uploads

    @staticmethod
    def normalise(raw: str) -> str:
        """The one spelling of an address; raises InvalidAddress with what was expected."""
        return addresses.normalise(raw)

    @staticmethod
    def is_shared(address: str) -> bool:
        """Whether it is a wall or a group chat."""
        return addresses.is_shared(address)

    async def __aenter__(self) -> Self:
        config = self._config
        self._community = self._account(config.token, config.connections)
        self._administrator = (
            self._account(config.user_token, 1, USER_PACE) if config.user_token else None
        )
        messages = Files(self._community, self._uploads, Shelf.MESSAGE)
        self._messages = Messages(self._community, messages)
        poster = self._administrator or self._community
        wall = Files(poster, self._uploads, Shelf.WALL)
        self._wall = Wall(poster, wall, administrator=self._administrator is not None)
        return self

    async def __aexit__(self, *failure: object) -> None:
        for account in filter(None, (self._community, self._administrator)):
            await account.close()

    async def send(self, batch: Sequence[Envelope]) -> AsyncIterator[tuple[Envelope, Outcome]]:
        """Yield each envelope of the batch once with its outcome, as soon as it is known."""
        tasks = [asyncio.create_task(work) for work in self._works(batch)]
        try:
            for finished in asyncio.as_completed(tasks):
                for result in await finished:
                    yield result
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def check(self) -> Health:
        """Ask VK who we are and what we may; never raises for a refusal, writes to nobody.

        A wall without an administrator's token needs the right `wall`; its absence is named, but a
        community may well do without.
        """
        whose = "the community's token"
        try:
            name = await self._community.name()
            missing = await self._missing_rights()
            if self._administrator:
                whose = "the administrator's token"
                await self._administrator.name()
        except VkError as error:
            return Health(ok=False, problem=f"{whose}: {error.detail}")
        except Held:
            return Health(ok=False, problem="the channel is held back; nothing may be asked now")
        except (KeyError, IndexError, TypeError):
            return Health(ok=False, problem=f"{whose}: an answer that nobody understands")
        problem = f"the community's token lacks the rights: {', '.join(missing)}"
        return Health(not set(missing) & set(RIGHTS), name, problem if missing else "")

    def _account(self, token: Secret, connections: int, pace: float = 0.0) -> Account:
        return Account(
            token,
            self._turnstile,
            group_id=self._config.group_id,
            base_url=self._config.base_url,
            timeout=self._config.timeout,
            connections=connections,
            pace=pace,
        )

    def _works(self, batch: Sequence[Envelope]) -> list[Coroutine[None, None, Results]]:
        walls = [envelope for envelope in batch if addresses.wall_of(envelope.address)]
        others = [envelope for envelope in batch if not addresses.wall_of(envelope.address)]
        return [
            *(self._post(envelope) for envelope in walls),
            *(self._messages.deliver(bundle) for bundle in bundles(others)),
        ]

    async def _post(self, envelope: Envelope) -> Results:
        return [(envelope, await self._wall.deliver(envelope))]

    async def _missing_rights(self) -> list[str]:
        answer = await self._community.call("groups.getTokenPermissions", {})
        given = {right["name"] for right in answer["response"]["permissions"]}
        wanted = RIGHTS if self._administrator else (*RIGHTS, "wall")
        return [right for right in wanted if right not in given]
