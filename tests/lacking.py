"""What a test needs and this machine has not got."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacking(words: str) -> NoReturn:
    """Skip what cannot be tested here, with words that say what to install or to fetch.

    In continuous integration, where everything can be had, it is a failure instead of a skip.
    """
    if os.environ.get("BROADCASTER_TEST_ALL") == "1":
        pytest.fail(words)
    pytest.skip(words)
