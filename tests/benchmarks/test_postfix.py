"""Postfix's pair of programs, where they cannot be had."""

from __future__ import annotations

import pytest

from benchmarks.postfix import Absent, unpacked


def test_where_no_package_can_be_fetched_it_says_why(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Absent, match="install it, or run `apt-get update`"):
        unpacked(tmp_path)
