"""A template's own tree: how deep and long it may be, and where it pays.

Steps are taken where something can happen more than once or grow: each turn of a loop, each run of
a template, block or macro, each list, each joining of texts, each look through one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from broadcaster.i18n import _
from broadcaster.templating.filters import HELD, JOINED, TOLL, TURNS
from broadcaster.templating.meter import CHARACTERS

MAX_SOURCE = 100_000
"""Characters of one template's file; the longest one shipped has about 5,000."""

MAX_DEPTH = 50
"""Levels of a template's tree, brackets and statements alike; what is shipped has 12."""

MAX_LOOPS = 5
"""Loops in each other."""

_RUN = TypeVar("_RUN", nodes.Macro, nodes.CallBlock, nodes.Block, nodes.Template)


def too_deep(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """The first line of a template that is nested too deep, with the complaint."""
    level: list[tuple[nodes.Node, int]] = [(tree, 0)]
    for _depth in range(MAX_DEPTH):
        level = [
            (child, loops + isinstance(child, nodes.For))
            for node, loops in level
            for child in node.iter_child_nodes()
        ]
        for node, loops in level:
            if loops > MAX_LOOPS:
                yield node.lineno, _("слишком много циклов друг в друге.")
                return
    for node, _loops in level:
        yield node.lineno, _("слишком много вложено друг в друга; разделите на части.")
        return


class Tolls(NodeTransformer):
    """Makes a template pay as it runs."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - the library's name
        """Each turn pays for all that it may run."""
        steps = weight(node)
        self.generic_visit(node)
        node.iter = _through(TURNS, node.iter, nodes.Const(steps))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:  # noqa: N802 - the library's name
        """`a ~ b` is counted before it is made."""
        self.generic_visit(node)
        return _through(JOINED, nodes.List(node.nodes, lineno=node.lineno))

    def visit_List(self, node: nodes.List) -> nodes.Expr:  # noqa: N802 - the library's name
        """A list counts with all that is in it."""
        self.generic_visit(node)
        return _through(HELD, node)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Expr:  # noqa: N802 - the library's name
        """So does a dictionary."""
        self.generic_visit(node)
        return _through(HELD, node)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:  # noqa: N802 - the library's name
        """So does a tuple, unless it is what a loop or an assignment puts values into."""
        self.generic_visit(node)
        return node if node.ctx == "store" else _through(HELD, node)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Compare:  # noqa: N802 - as above
        """Both sides of a comparison are gone through."""
        self.generic_visit(node)
        node.expr = _through(HELD, node.expr)
        for operand in node.ops:
            operand.expr = _through(HELD, operand.expr)
        return node

    def visit_Test(self, node: nodes.Test) -> nodes.Test:  # noqa: N802 - as above
        """What a test looks at is gone through; whether a name exists costs nothing."""
        self.generic_visit(node)
        if node.name not in {"defined", "undefined"}:
            node.node = _through(HELD, node.node)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Getitem:  # noqa: N802 - as above
        """A piece of a text is a copy of it."""
        self.generic_visit(node)
        if isinstance(node.arg, nodes.Slice):
            node.node = _through(HELD, node.node)
        return node

    def _paid(self, node: _RUN) -> _RUN:
        steps = weight(node)
        self.generic_visit(node)
        toll = nodes.ExprStmt(_through(TOLL, nodes.Const(steps)), lineno=node.lineno)
        node.body.insert(0, toll)
        return node

    visit_Macro = visit_CallBlock = visit_Block = visit_Template = _paid  # noqa: N815 - as above


def weight(node: nodes.Node) -> int:
    """The steps of running a node once, whatever turns it takes."""
    steps, rest = 0, [node]
    while rest:
        part = rest.pop()
        steps += 1
        if isinstance(part, nodes.TemplateData):
            steps += len(part.data) // CHARACTERS
        rest.extend(part.iter_child_nodes())
    return steps


def _through(name: str, value: nodes.Node, *given: Any) -> nodes.Filter:
    lineno = value.lineno or 0
    return nodes.Filter(value, name, list(given), [], None, None, lineno=lineno)
