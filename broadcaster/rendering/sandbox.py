"""What a template may do.

Templates run in Jinja's immutable sandbox, strictly: a name that does not exist is a mistake,
nothing can be called but `_` and the template's own macros, and no filter gets text past escaping.
A hole (`person.name`) can be printed and nothing else, because it is filled in later, for each
person.

Messages have one or two lines: what is wrong, and what is expected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, NoReturn

import jinja2
from jinja2 import TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from broadcaster.i18n import _
from broadcaster.rendering.holes import Hole

PERSON = "person"
"""The name under which templates know the holes."""

_FILTERS = (
    *("capitalize", "count", "d", "default", "e", "escape", "first", "join", "last", "length"),
    *("lower", "replace", "reverse", "sort", "title", "trim", "truncate", "upper", "wordcount"),
)
"""Jinja's filters but those that get text past escaping (safe) or fill the memory (center)."""

_HEAVY = frozenset({"*", "**", "%"})
_SWALLOW = (nodes.AssignBlock, nodes.FilterBlock, nodes.Macro, nodes.CallBlock)
"""What takes printed text in instead of sending it on."""


class Strict(jinja2.StrictUndefined):
    """A name that does not exist, and says which do."""

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[jinja2.TemplateRuntimeError] = UndefinedError,
    ) -> None:
        super().__init__(hint or _unknown(obj, str(name)), obj, name, exc)


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of message templates; `.html` in a template's name turns escaping on."""

    intercepted_binops = _HEAVY

    def __init__(self, loader: jinja2.BaseLoader) -> None:
        super().__init__(
            loader=loader,
            undefined=Strict,
            autoescape=lambda name: name is not None and ".html" in name,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.globals = {"_": _}
        self.filters = {name: self.filters[name] for name in _FILTERS}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Fields of the context, never methods of its texts: filters do what those would."""
        return not isinstance(obj, str) and super().is_safe_attribute(obj, attr, value)

    def is_safe_callable(self, obj: Any) -> bool:
        """`_`, macros and blocks, and the two methods of `loop`."""
        if isinstance(getattr(obj, "__self__", None), LoopContext):
            return True
        return obj is _ or isinstance(obj, (Macro, BlockReference))

    def call_binop(self, _context: Context, operator: str, _left: Any, _right: Any) -> NoReturn:
        """Refuse the heavy operators."""
        raise SecurityError(
            _one_of(_("действия «{0}» в шаблонах нет.").format(operator), "+ - / // ~")
        )

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,  # noqa: FBT001, FBT002 - Jinja's own hook
    ) -> str:
        for line, message in _complaints(source):
            raise TemplateSyntaxError(message, line, name, filename)
        return super()._generate(source, name, filename, defer_init)


def _complaints(template: nodes.Template) -> Iterator[tuple[int, str]]:
    """The lines of a template that break our own rules, with the reasons."""
    for modifier in template.find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)):
        yield modifier.lineno, _("экранирование в шаблоне не выключается; уберите autoescape.")
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
    return _one_of(
        _("подстановку можно только напечатать: ни условий, ни фильтров, ни макросов."), holes
    )


def _unknown(holder: object, name: str) -> str:
    """What to say of a name that does not exist."""
    if holder is missing:
        if name == PERSON:
            return _one_of(
                _("person есть только в личных копиях."), "{% if personal %} … {% endif %}"
            )
        return _("имени «{name}» нет.").format(name=name)
    if isinstance(holder, dict):
        return _one_of(
            _("person.{name} сейчас нет.").format(name=name),
            f"{{% if has_{name} %}} … {{% endif %}}",
        )
    complaint = _("поля «{name}» нет.").format(name=name)
    if is_dataclass(holder):
        return _one_of(complaint, ", ".join(field.name for field in fields(holder)))
    return complaint


def _one_of(complaint: str, expected: str) -> str:
    return f"{complaint}\n{expected}"
