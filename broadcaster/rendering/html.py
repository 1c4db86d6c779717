"""Clean HTML for mail and for the site's feed."""

from __future__ import annotations

import nh3
from markdown_it.token import Token
from markupsafe import Markup

from broadcaster.rendering.markdown import as_html

_BLOCKS = {"p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_INLINE = {"a", "strong", "em", "s", "code"}

_CLEANER = nh3.Cleaner(
    tags=_BLOCKS | _TABLES | _INLINE,
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener",
)


def html(tokens: list[Token]) -> Markup:
    """The parsed text as semantic HTML, without styles and scripts whatever went in."""
    return Markup(_CLEANER.clean(as_html(tokens)))  # noqa: S704 - that is what the cleaner is for
