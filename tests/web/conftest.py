"""What every test of the web may rely on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from broadcaster.bootstrap import office


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> Iterator[None]:
    """What one test has asked for does not count against the next one."""
    yield
    if office._office is not None:
        office._office.limits_storage.reset()
