"""What a test needs and this machine has not got."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacking(words: str) -> NoReturn:
    """Skip what cannot be tested here: `words` are the reason, and say what to install or to fetch.

    Whoever has no browser is still to see the other tests pass, and reads the words at the end. In
    continuous integration, where everything can be had, it is a failure instead of a skip.
    """
    if os.environ.get("BROADCASTER_TEST_ALL") == "1":
        pytest.fail(words)
    pytest.skip(reason=words)
