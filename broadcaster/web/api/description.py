"""The description of the API: OpenAPI for programs, a page for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja.openapi.schema import OpenAPISchema

from broadcaster.domain.scopes import Scope
from broadcaster.web.api.problems import MEDIA_TYPE

FIRST_REFUSAL = 400
LONGEST_SCHEMA = 6


def described(schema: OpenAPISchema) -> OpenAPISchema:
    """The same with the media type of problems."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if int(status) >= FIRST_REFUSAL:
                    response["content"] = {MEDIA_TYPE: response["content"].pop("application/json")}
    return schema


def docs_page(request: HttpRequest, schema: Mapping[str, Any]) -> HttpResponse:
    """The description as one page, without a script."""
    about = {"operations": list(_operations(schema)), "info": schema["info"], "scopes": list(Scope)}
    return render(request, "api/docs.html.j2", about)


def _operations(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield {
                "method": method.upper(),
                "path": path,
                "summary": operation["summary"],
                "description": operation.get("description", "").replace("`", ""),
                "anchor": operation["operationId"],
                "parameters": list(map(_parameter, operation["parameters"])),
                "fields": _fields(schema, operation),
                "example": _example(schema, operation),
                "responses": _responses(operation),
            }


def _parameter(given: Mapping[str, Any]) -> dict[str, str]:
    schema = given["schema"]
    words = given.get("description") or schema.get("description") or schema.get("format")
    return {
        "name": given["name"],
        "place": given["in"],
        "words": (words or schema["type"]).replace("`", ""),
    }


def _body(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    content: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {})
    for given in content.values():
        return dict(given["schema"])
    return {}


def _fields(schema: Mapping[str, Any], operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a body is made of, one level deep."""
    found = _resolved(schema, _body(operation))
    required = found.get("required", ())
    return [
        {
            "name": name,
            "type": _type(schema, value),
            "required": name in required,
            "description": value.get("description", "").replace("`", ""),
        }
        for name, value in found.get("properties", {}).items()
    ]


def _responses(operation: Mapping[str, Any]) -> list[int]:
    return sorted(map(int, operation["responses"]))


def _type(schema: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """A type in a few words."""
    if "enum" in value:
        return " | ".join(map(str, value["enum"]))
    if "anyOf" in value:
        return " | ".join(_type(schema, one) for one in value["anyOf"])
    if "$ref" in value:
        return str(_resolved(schema, value).get("title", "object"))
    if value.get("type") == "array":
        return f"[{_type(schema, value['items'])}]"
    return str(value.get("format", value.get("type", "any")))


def _example(schema: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    body = _body(operation)
    return json.dumps(_sample(schema, body, 0), ensure_ascii=False, indent=2) if body else ""


def _sample(schema: Mapping[str, Any], value: Mapping[str, Any], depth: int) -> Any:
    """A value made of the schema's own examples and of what is required."""
    value = _resolved(schema, value)
    if "examples" in value:
        return value["examples"][0]
    if value.get("type") == "object" and depth < LONGEST_SCHEMA:
        return {
            name: _sample(schema, one, depth + 1)
            for name, one in value.get("properties", {}).items()
            if name in value.get("required", ()) or "examples" in one
        }
    if value.get("type") == "array":
        return [_sample(schema, value["items"], depth + 1)]
    return value.get("default", "…")


def _resolved(schema: Mapping[str, Any], value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema behind a reference."""
    name = str(value.get("$ref", "")).rpartition("/")[2]
    found: Mapping[str, Any] = schema["components"]["schemas"].get(name, value)
    return found
