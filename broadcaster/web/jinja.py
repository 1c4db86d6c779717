"""How the web's templates are read: Jinja with escaping, translations and static files."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from jinja2 import Environment, StrictUndefined

from broadcaster.i18n import LANGUAGE, _


def environment(**options: Any) -> Environment:
    """The environment of `templates/web`, for Django's Jinja2 backend."""
    made = Environment(**{**options, "autoescape": True, "undefined": StrictUndefined})  # noqa: S701 - it is on
    made.globals.update(_=_, language=LANGUAGE, static=static)
    return made
