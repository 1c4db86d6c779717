"""What a message template may do besides what every strict template may.

A hole (`person.name`) can be printed and nothing else, because it is filled in later, for each
person. What else is closed, and what all of it may cost, is told in `broadcaster.templating`.
"""

from __future__ import annotations

from collections.abc import Iterator

import jinja2
from jinja2 import nodes
from jinja2.utils import missing

from broadcaster.i18n import _
from broadcaster.rendering.holes import Hole
from broadcaster.templating.sandbox import Strict, StrictSandbox, one_of

PERSON = "person"
"""The name under which templates know the holes."""

_SWALLOW = (nodes.AssignBlock, nodes.FilterBlock, nodes.Macro, nodes.CallBlock)
"""What takes printed text in instead of sending it on."""


class _Unknown(Strict):
    """A name that does not exist, with what to write where it is about a person."""

    def said(self, holder: object, name: str) -> str:
        """What to say of a name that does not exist."""
        if holder is missing and name == PERSON:
            return one_of(
                _("person есть только в личных копиях."), "{% if personal %} … {% endif %}"
            )
        if isinstance(holder, dict) and name in set(Hole):
            return one_of(
                _("person.{name} сейчас нет.").format(name=name),
                f"{{% if has_{name} %}} … {{% endif %}}",
            )
        return super().said(holder, name)


class Sandbox(StrictSandbox):
    """The environment of message templates; `.html` in a template's name turns escaping on."""

    def __init__(self, loader: jinja2.BaseLoader) -> None:
        super().__init__(
            loader,
            lent={"_": _},
            undefined=_Unknown,
            autoescape=lambda name: name is not None and ".html" in name,
        )

    def complaints(self, template: nodes.Template) -> Iterator[tuple[int, str]]:
        """Every place that does more with a hole than print it."""
        printed = {id(name) for name in _printed_holes(template)}
        for name in template.find_all(nodes.Name):
            if name.name == PERSON and id(name) not in printed:
                yield name.lineno, _misused()


def _printed_holes(template: nodes.Template) -> Iterator[nodes.Name]:
    """The places where a hole is printed, straight into the text."""
    swallowed = {
        id(output)
        for block in template.find_all(_SWALLOW)
        for output in block.find_all(nodes.Output)
    }
    for output in template.find_all(nodes.Output):
        if id(output) not in swallowed:
            yield from filter(None, map(_hole, output.nodes))


def _hole(shown: nodes.Expr) -> nodes.Name | None:
    """The `person` of `{{ person.name }}` and its like."""
    if not isinstance(shown, nodes.Getattr) or shown.attr not in set(Hole):
        return None
    return shown.node if isinstance(shown.node, nodes.Name) else None


def _misused() -> str:
    holes = ", ".join(f"{{{{ {PERSON}.{hole} }}}}" for hole in Hole)
    return one_of(
        _("подстановку можно только напечатать: ни условий, ни фильтров, ни макросов."), holes
    )
