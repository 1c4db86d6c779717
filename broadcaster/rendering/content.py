"""From an announcement to what a channel carries: the way into this package.

An announcement is rendered once for each channel and kind of place; people's copies differ by segments
alone. Everything here is pure but for reading template files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from markdown_it.token import Token
from markupsafe import Markup as Safe

from broadcaster.contract import Attachment, Button, Capability, Content, Markup, Traits, Wording
from broadcaster.i18n import _
from broadcaster.rendering.characters import clean, one_line, visible
from broadcaster.rendering.context import ...
