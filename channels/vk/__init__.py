"""VK: a community's private messages, group chats and wall, through vk_api.

    channel    the face towards the core: configuration, traits, a batch in, outcomes out
    addresses  what people type and the one spelling of it
    messages   private messages and group chats; with bundles (which copies leave together) and
               scripts (personal texts by `execute`)
    wall       posts on a community's wall
    drafts     an announcement's messages, their buttons, the number that lets VK drop a double
    counting   how many requests copies will need, told before there are any
    files      photos and documents, uploaded once for everybody
    api        the wire: vk_api with timeouts, without its own pacing and its endless repeats
    errors     what can go wrong, and the one table of VK's codes

VK is not `repeatable`. It drops a second message with the same `random_id`, but its only word on
the scope is "per application and sender", and a call for a hundred people has one `random_id`. A
number that survives regrouping would have to be shared between calls, and where the sender is the
scope the second hundred would be lost in silence. So the number belongs to the set of copies in
the call: the same call again is dropped, another never is, and a lost answer is Unconfirmed.
"""

from __future__ import annotations

from channels.vk.channel import Vk
from channels.vk.counting import requests_for

adapter = Vk

__all__ = ["Vk", "adapter", "requests_for"]
