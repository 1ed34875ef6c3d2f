"""Bodies held against Microsoft's official schemas, which ``schemas/`` holds cut to what is needed.

Azure's providers skip what they do not know, or refuse it, each as it likes. Here whatever a schema
does not name is refused, so that a misspelled property is found before it is missed in the cloud.
``scripts/azure-schemas.py`` writes the files.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.errors import ArmError, bad_content, refused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_ANSWERED: Final = frozenset({"id", "name", "type", "etag", "systemData"})
"""What answers hold of every resource: sent back it is passed over, as in Azure."""

_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


@dataclass(frozen=True, slots=True)
class Schema:
    """What a type takes.

    Attributes:
        version: The API version that it was published with.
        root: Of the whole body.
        definitions: What it refers to.
    """

    version: str
    root: Mapping[str, Any]
    definitions: Mapping[str, Any]

    def check(
        self, body: object, *, passed_over: Collection[str] = (), is_patch: bool = False
    ) -> None:
        """Refuse a body that is none of the type's.

        Args:
            body: What came.
            passed_over: Further paths that answers hold and that may come back.
            is_patch: Whether what is required may be missing.

        Raises:
            ArmError: Says what is wrong and where.
        """
        _Check(self.definitions, frozenset(passed_over), is_patch=is_patch).value(
            body, self.root, ()
        )


@cache
def schema_of(kind: str) -> Schema:
    """Return the official schema of a type.

    Raises:
        FileNotFoundError: Nothing of its namespace is shipped.
        KeyError: That type is not.
    """
    namespace, _, name = kind.partition("/")
    text = files(__package__).joinpath("schemas", f"{namespace}.json").read_text("utf-8")
    whole = json.loads(text)
    return Schema(whole["version"], whole["types"][name], whole["definitions"])


class _Check:
    def __init__(
        self, definitions: Mapping[str, Any], passed_over: frozenset[str], *, is_patch: bool
    ) -> None:
        self._definitions = definitions
        self._passed_over = passed_over
        self._is_patch = is_patch

    def value(self, value: object, schema: Mapping[str, Any], path: tuple[str, ...]) -> None:
        while "$ref" in schema:
            schema = self._definitions[schema["$ref"].rpartition("/")[2]]
        if value is None and path:
            return  # Azure takes null for what is not given
        if "oneOf" in schema:
            schema = _alternative(value, schema["oneOf"], path)
        self._kind(value, schema, path)
        if isinstance(value, dict):
            self._object(value, schema, path)
        elif isinstance(value, list):
            for number, item in enumerate(value):
                at = (*path[:-1], f"{path[-1]}[{number}]")
                if item is None:  # what is listed is given
                    raise bad_content(f"Expected a value. Path '{'.'.join(at)}'.")
                self.value(item, schema.get("items", {}), at)
        elif isinstance(value, str):
            _check_text(value, schema, path)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            _check_number(value, schema, path)

    def _kind(self, value: object, schema: Mapping[str, Any], path: tuple[str, ...]) -> None:
        wanted = schema.get("type")
        if wanted is None:
            return
        good = isinstance(value, _KINDS[wanted])
        if not good or (isinstance(value, bool) and wanted != "boolean"):
            raise bad_content(f"Expected {_article(wanted)}. Path '{'.'.join(path)}'.")

    def _object(
        self, value: Mapping[str, Any], schema: Mapping[str, Any], path: tuple[str, ...]
    ) -> None:
        known = schema.get("properties", {})
        more = schema.get("additionalProperties", not known)
        for name, inner in value.items():
            at = (*path, name)
            if name in known:
                self.value(inner, known[name], at)
            elif isinstance(more, dict):
                self.value(inner, more, at)
            elif not (more or self._may_come_back(at)):
                raise bad_content(f"Could not find member '{name}'. Path '{'.'.join(at)}'.")
        if self._is_patch:
            return
        for name in schema.get("required", ()):
            if value.get(name) is not None:
                continue
            if not path and name == "properties":
                self.value({}, known[name], (name,))  # left out it is empty
                continue
            raise bad_content(f"Required property '{name}' not found. Path '{'.'.join(path)}'.")

    def _may_come_back(self, path: tuple[str, ...]) -> bool:
        return ".".join(path) in self._passed_over or (len(path) == 1 and path[0] in _ANSWERED)


def _alternative(
    value: object, ways: Sequence[Mapping[str, Any]], path: tuple[str, ...]
) -> Mapping[str, Any]:
    """Return the alternative that an object names by the property that tells them apart."""
    if not isinstance(value, dict):
        raise bad_content(f"Expected an object. Path '{'.'.join(path)}'.")
    properties = ways[0]["properties"]
    telling = next(name for name in ways[0]["required"] if "enum" in properties[name])
    known = {str(way["properties"][telling]["enum"][0]): way for way in ways}
    wanted = str(value.get(telling))
    for name, way in known.items():
        if name.lower() == wanted.lower():
            return way
    raise _bad_value((*path, telling), f"'{wanted}' is not one of {', '.join(known)}")


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _check_text(value: str, schema: Mapping[str, Any], path: tuple[str, ...]) -> None:
    allowed = schema.get("enum")
    if allowed is not None and value.lower() not in {one.lower() for one in allowed}:
        raise _bad_value(path, f"'{value}' is not one of {', '.join(allowed)}")
    if len(value) < schema.get("minLength", 0) or len(value) > schema.get("maxLength", len(value)):
        raise _bad_value(path, f"its length of {len(value)} is not allowed")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        raise _bad_value(path, f"'{value}' does not match {schema['pattern']}")


def _check_number(value: float, schema: Mapping[str, Any], path: tuple[str, ...]) -> None:
    if value < schema.get("minimum", value) or value > schema.get("maximum", value):
        raise _bad_value(path, f"{value:g} is out of range")


def _bad_value(path: tuple[str, ...], reason: str) -> ArmError:
    return refused(
        400,
        "InvalidRequestPropertyValue",
        f"The value of '{'.'.join(path)}' is not allowed: {reason}.",
        by_gateway=False,
    )
