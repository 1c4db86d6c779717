"""groups.getById and groups.getTokenPermissions."""

from __future__ import annotations

from typing import Any

from broadcaster.sandbox.vk.refusals import Refusal
from broadcaster.sandbox.vk.tables import RIGHTS
from broadcaster.sandbox.vk.world import Order

NO_SUCH_GROUP = 125
NAME = "Школа у моря"


def get_by_id(order: Order) -> dict[str, Any]:
    """The community; its own when none is named."""
    number, values = order.world.group_id, order.values
    asked = {*values.get("group_ids", ()), *filter(None, [values.get("group_id")])}
    if asked - {str(number), f"club{number}"}:
        raise Refusal(NO_SUCH_GROUP)
    group = {"id": number, "name": NAME, "screen_name": f"club{number}", "type": "group"}
    return {"groups": [{**group, "is_closed": 0}], "profiles": []}


def permissions(order: Order) -> dict[str, Any]:
    """What the community's token may do."""
    given = {name: bit for name, bit in RIGHTS.items() if name in order.rights}
    named = [{"name": name, "setting": bit} for name, bit in given.items()]
    return {"mask": sum(given.values()), "permissions": named}
