"""An announcement's sheet as a browser fills it, and where it is."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from broadcaster.store.models import Group

HTMX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


def fields(*groups: str, **also: Any) -> dict[str, Any]:
    """What a browser sends of a filled sheet."""
    ids = list(Group.objects.filter(name__in=groups).values_list("pk", flat=True))
    said = {
        "version": 0, "title": "Собрание", "body": "Приходите!", "importance": "routine",
        "groups": ids, "channels": ["site"], "when": "now", "wanted_at": "", "expires_at": "",
    }  # fmt: skip
    return said | also


def at(draft: UUID, what: str = "edit") -> str:
    return f"/announcements/{draft}/{what}"


def text(response: Any) -> str:
    return str(response.content.decode())


def version_in(response: Any) -> int:
    found = re.search(r'name="version" value="(\d+)"', text(response))
    assert found
    return int(found[1])


def hidden(response: Any, name: str) -> str:
    """What a hidden field says."""
    found = re.search(rf'name="{name}" value="(\w*)"', text(response))
    assert found
    return found[1]
