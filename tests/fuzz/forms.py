"""The forms of a page, as a browser would send them untouched."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_plus, unquote_to_bytes

BOUNDARY = b"bOuNdArY"


@dataclass
class Form:
    """Where a form goes, and what it says when nobody fills anything in."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Every field's name, once."""
        return list(dict.fromkeys([name for name, _value in self.fields]))

    @property
    def quoted(self) -> list[tuple[str, str]]:
        """The fields as they stand in the body of a request."""
        return [(name, quote_plus(value)) for name, value in self.fields]

    def with_file(self, fields: list[list[str]], file: tuple[str, bytes]) -> bytes:
        """The body of a request with quoted fields and this file in every field for one."""
        name, content = file
        said = name.replace('"', "%22").replace("\r", "").replace("\n", "")
        parts = [
            (f'name="{field}"'.encode(), unquote_to_bytes(value.replace("+", " ")))
            for field, value in fields
        ]
        parts += [
            (f'name="{field}"; filename="{said}"'.encode("utf-8", "surrogatepass"), content)
            for field in self.files
        ]
        lines = [
            b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (BOUNDARY, head, value)
            for head, value in parts
        ]
        return b"".join(lines) + b"--" + BOUNDARY + b"--\r\n"


class _Reader(HTMLParser):
    """Reads forms, and buttons and fields that htmx sends without one."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select: tuple[str, bool] | None = None
        self._area: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {key: value or "" for key, value in attrs}
        for key in ("hx-post", "hx-get"):
            if key in known:
                self.forms.append(Form(known[key] or self.page, key[3:].upper(), [("q", "")]))
        if tag == "form":
            method = known.get("method", "get").upper()
            self._open = Form(known.get("action") or self.page, method)
            self.forms.append(self._open)
        elif self._open is not None:
            self._field(tag, known)

    def _field(self, tag: str, known: dict[str, str]) -> None:
        form, name = self._open, known.get("name", "")
        assert form is not None
        if tag == "input" and name:
            if known.get("type") == "file":
                form.files.append(name)
            else:
                form.fields.append((name, known.get("value", "on")))
        elif tag == "button" and name:
            form.fields.append((name, known.get("value", "")))
        elif tag == "select":
            self._select = (name, False)
        elif tag == "option" and self._select is not None:
            name, chosen = self._select
            if not chosen or "selected" in known:
                form.fields = [one for one in form.fields if one[0] != name]
                form.fields.append((name, known.get("value", "")))
                self._select = (name, True)
        elif tag == "textarea":
            self._area, self._text = name, ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None and self._open is not None:
            self._open.fields.append((self._area, self._text))
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._open = None


def forms_of(page: str, html: str) -> list[Form]:
    """The forms of a page that lies at an address."""
    reader = _Reader(page)
    reader.feed(html)
    reader.close()
    return reader.forms
