"""The published schema of VK's API as JSON Schema understands it.

It says `required: true` inside properties, where JSON Schema wants a list beside them, and refers
to its files relative to one another.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7


class VkSchema:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registry: Registry[Any] = Registry(retrieve=self._retrieve)
        self._read = cache(lambda path: json.loads(path.read_text(encoding="utf-8")))

    def method(self, name: str) -> dict[str, Any]:
        methods = self._read(self.folder / name.partition(".")[0] / "methods.json")["methods"]
        [found] = [method for method in methods if method["name"] == name]
        return dict(found)

    def errors(self) -> dict[int, str]:
        told = self._read(self.folder / "errors.json")["errors"].values()
        return {error["code"]: error["description"] for error in told}

    def response(self, method: str, kind: str = "response") -> Draft7Validator:
        """What the whole body of a successful answer must look like."""
        ref = self.method(method)["responses"][kind]["$ref"].removeprefix("../")
        return self.of(ref)

    def of(self, ref: str) -> Draft7Validator:
        uri = (self.folder / ref.partition("#")[0]).as_uri() + "#" + ref.partition("#")[2]
        return Draft7Validator({"$ref": uri}, registry=self.registry)

    def _retrieve(self, uri: str) -> Resource[Any]:
        path = Path(uri.removeprefix("file://"))
        return Resource(contents=_standard(self._read(path)), specification=DRAFT7)


def _standard(node: Any) -> Any:
    if isinstance(node, list):
        return [_standard(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _standard(value) for key, value in node.items() if key != "required"}
    if isinstance(node.get("required"), list):
        made["required"] = node["required"]
    properties = node.get("properties")
    if isinstance(properties, dict):
        needed = [
            name
            for name, value in properties.items()
            if isinstance(value, dict) and value.get("required") is True
        ]
        made |= {"required": needed} if needed else {}
    return made
