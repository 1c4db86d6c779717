"""What a template may do that this program did not write.

Nothing is open unless it is opened here: a template sees fields, never methods, calls its own
macros and what it is lent, uses the filters it is given, prints text and numbers, and pays for what
it does (see `meter`). Jinja's own sandbox stays underneath.

Messages have one or two lines: what is wrong, and what is expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import tzinfo
from itertools import chain
from pathlib import PurePath
from typing import Any

import jinja2
from jinja2 import TemplateSyntaxError, nodes
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError, TemplateNotFound, UndefinedError
from jinja2.parser import Parser
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from broadcaster.i18n import _
from broadcaster.templating.filters import filters, printed, tests
from broadcaster.templating.meter import refuse_over, size, touch
from broadcaster.templating.tolls import MAX_SOURCE, Tolls, too_deep

ENDING = ".j2"
"""How the names of templates end; no other file is ever read."""

_REFUSED = frozenset({"*", "**", "%"})
_CLOSED = (PurePath, tzinfo)
"""Values that can do more than be read, wherever they stand."""
_OF_LOOPS = frozenset(
    {
        *("cycle", "changed", "depth", "depth0", "first", "index", "index0", "last", "length"),
        *("nextitem", "previtem", "revindex", "revindex0"),
    }
)


class Strict(jinja2.StrictUndefined):
    """A name that does not exist, and says so."""

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[jinja2.TemplateRuntimeError] = UndefinedError,
    ) -> None:
        super().__init__(hint or self.said(obj, str(name)), obj, name, exc)

    def said(self, holder: object, name: str) -> str:
        """What to say of a name that does not exist."""
        if holder is missing:
            return _("имени «{name}» нет.").format(name=name)
        complaint = _("поля «{name}» нет.").format(name=name)
        if is_dataclass(holder):
            return one_of(complaint, ", ".join(_open_fields(holder)))
        return complaint


def _open_fields(holder: Any) -> Iterator[str]:
    for field in fields(holder):
        if not isinstance(getattr(holder, field.name), _CLOSED):
            yield field.name


class Folders(jinja2.FileSystemLoader):
    """Finds templates in folders, and nothing but templates."""

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """The template's text; raises TemplateNotFound also for names that are none."""
        if not isinstance(template, str):
            raise TemplateNotFound(type(template).__name__)
        if "\0" in template or not template.endswith(ENDING):
            raise TemplateNotFound(template)
        return super().get_source(environment, template)


class StrictSandbox(ImmutableSandboxedEnvironment):
    """Jinja, closed unless opened; renders within `metered` only."""

    intercepted_binops = _REFUSED | {"+"}

    def __init__(
        self,
        loader: jinja2.BaseLoader,
        *,
        lent: Mapping[str, Callable[..., Any]],
        opened: Iterable[tuple[type, str]] = (),
        more_filters: Mapping[str, Callable[..., Any]] | None = None,
        undefined: type[Strict] = Strict,
        autoescape: bool | Callable[[str | None], bool] = True,
    ) -> None:
        """`lent` are functions that templates may call, `opened` methods of their values.

        What a lent function makes it counts itself, before it makes it (see `meter.refuse_over`).
        """
        super().__init__(
            loader=loader,
            undefined=undefined,
            autoescape=autoescape,
            finalize=printed,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.globals = dict(lent)
        self.filters = filters(more_filters or {})
        self.tests = tests()
        self._lent = tuple(lent.values())
        self._opened = tuple(opened)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Fields of what the template is given, and what it may call."""
        if attr.startswith("_") or isinstance(value, _CLOSED):
            return False
        if isinstance(obj, LoopContext):
            return attr in _OF_LOOPS
        fields_only = is_dataclass(obj) or isinstance(obj, tuple)
        return (
            isinstance(obj, TemplateModule)
            or (fields_only and not callable(value))
            or self._is_open(obj, attr)
        )

    def _is_open(self, obj: Any, attr: str) -> bool:
        return any(attr == name and isinstance(obj, kind) for kind, name in self._opened)

    def wrap_str_format(self, value: Any) -> None:
        """No text is a format here: `str.format` is an attribute like any other, and closed."""

    def unsafe_undefined(self, obj: Any, attribute: str) -> jinja2.Undefined:
        """What stands for a closed attribute: a mistake."""
        hint = self.undefined(obj=obj, name=attribute)._undefined_message  # noqa: SLF001
        return self.undefined(hint, obj, attribute, SecurityError)

    def is_safe_callable(self, obj: Any) -> bool:
        """What is lent, macros and blocks, two methods of `loop`, and the opened ones."""
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, LoopContext):
            return True
        return (
            any(obj == function for function in self._lent)
            or isinstance(obj, (Macro, BlockReference))
            or self._is_open(owner, getattr(obj, "__name__", ""))
        )

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what may be called; its arguments, and what a method belongs to, are paid for."""
        if isinstance(obj, jinja2.Undefined) or self.is_safe_callable(obj):
            touch(getattr(obj, "__self__", None), args, kwargs)
            return context.call(obj, *args, **kwargs)
        raise SecurityError(_("вызвать это нельзя.\nфильтры или свои макросы"))

    def call_binop(self, _context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse the heavy operators, and count what `+` would make."""
        if operator in _REFUSED:
            said = _("действия «{0}» в шаблонах нет.").format(operator)
            raise SecurityError(one_of(said, "+ - / // ~"))
        refuse_over(size(left) + size(right))
        touch(left, right)
        return left + right

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > MAX_SOURCE:
            said = _("шаблон длиннее {limit} знаков.").format(limit=MAX_SOURCE)
            raise TemplateSyntaxError(said, 1, name, filename)
        parser = Parser(self, source, name, filename)
        try:
            return parser.parse()
        except RecursionError:
            said = _("слишком много вложено друг в друга; разделите на части.")
        except ValueError:
            said = _("слишком длинное число.")
        raise TemplateSyntaxError(said, parser.stream.current.lineno, name, filename)

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,  # noqa: FBT001, FBT002 - Jinja's own hook
    ) -> str:
        wrong = chain(too_deep(source), _switches(source), self._unknown(source))
        for line, message in chain(wrong, self.complaints(source)):
            raise TemplateSyntaxError(message, line, name, filename)
        return super()._generate(Tolls().visit(source), name, filename, defer_init)

    def _unknown(self, template: nodes.Template) -> Iterator[tuple[int, str]]:
        """Where a template wants a filter or a test that there is not, with those there are."""
        for used in template.find_all((nodes.Filter, nodes.Test)):
            if isinstance(used, nodes.Filter) and used.name not in self.filters:
                said = _("фильтра «{0}» нет.").format(used.name)
                yield used.lineno, one_of(said, _names(self.filters))
            if isinstance(used, nodes.Test) and used.name not in self.tests:
                said = _("проверки «{0}» нет.").format(used.name)
                yield used.lineno, one_of(said, _names(self.tests))

    def complaints(self, _template: nodes.Template) -> Iterator[tuple[int, str]]:
        """The lines of a template that break further rules, with the reasons."""
        yield from ()


def _switches(template: nodes.Template) -> Iterator[tuple[int, str]]:
    """Where a template would turn escaping off."""
    for modifier in template.find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)):
        yield modifier.lineno, _("экранирование в шаблоне не выключается; уберите autoescape.")


def _names(known: Iterable[str]) -> str:
    """The names that are meant for people, in order."""
    return ", ".join(sorted(name for name in known if not name.startswith("_")))


def one_of(complaint: str, expected: str) -> str:
    """Two lines for a person: what is wrong, and what would be right."""
    return f"{complaint}\n{expected}"
