"""The sandbox as a whole: all platforms at once, and a page that shows the parents' phones live.

    SandboxMistake
    └── FaultMistake   a list of faults cannot be used; says where and what was expected
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit

import yaml
from aiohttp import web

from broadcaster.i18n import _
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.gallery.drawing import TEMPLATES, environment
from broadcaster.sandbox.gallery.screens import Phone, Screen, by_address, screen_of
from broadcaster.sandbox.gallery.shelf import Shelf
from broadcaster.sandbox.phone import Platform, Shown
