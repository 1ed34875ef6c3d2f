"""Interfaces in DTDL documents, versions 2 and 3, read.

What the language has and Azure Digital Twins passes over, such as units and commands' requests, is
read past. https://learn.microsoft.com/azure/digital-twins/concepts-models
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.digitaltwins.dtdl.elements import Element, ElementError
from funcyard.emulator.digitaltwins.dtdl.interface import Interface, RelationshipType
from funcyard.emulator.digitaltwins.dtdl.names import is_model
from funcyard.emulator.digitaltwins.dtdl.schema_reading import schema_of
from funcyard.emulator.digitaltwins.dtdl.schemas import Schema, holds_array

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONTEXTS: Final = {"dtmi:dtdl:context;2": 2, "dtmi:dtdl:context;3": 3}
_MOST_CONTENTS: Final = {2: 300, 3: 100_000}
_MOST_EXTENDED: Final = {2: 2, 3: 1024}
_MOST_SCHEMAS: Final = 1024
_MOST_RELATIONS: Final = 500
_KINDS: Final = ("Command", "Component", "Property", "Relationship", "Telemetry")
_NO_ARRAYS: Final = 2


class _Contents:
    """What an interface holds, as it is read."""

    def __init__(self, shared: Mapping[str, Schema]) -> None:
        self.shared = shared
        self.properties: dict[str, Schema] = {}
        self.components: dict[str, str] = {}
        self.relationships: dict[str, RelationshipType] = {}
        self.telemetry: dict[str, Schema] = {}
        self.commands: set[str] = set()

    def add(self, one: Element) -> None:
        """Take one content."""
        kinds = [kind for kind in one.types if kind in _KINDS]
        if len(kinds) != 1:
            raise one.fault(f"'@type' holds not one of {', '.join(_KINDS)}")
        name = one.name()
        if any(name in there for there in self._all()):
            raise one.fault(f"the name '{name}' is there twice")
        match kinds[0]:
            case "Property":
                self.properties[name] = _property(one, self.shared)
            case "Telemetry":
                one.check("name", "schema", "unit")
                self.telemetry[name] = schema_of(one.body.get("schema"), one, self.shared)
            case "Component":
                self.components[name] = _component(one)
            case "Relationship":
                self.relationships[name] = _relationship(one, self.shared)
            case _:
                one.check("name", "commandType", "request", "response")
                self.commands.add(name)

    def _all(self) -> tuple[Any, ...]:
        return (
            self.properties,
            self.components,
            self.relationships,
            self.telemetry,
            self.commands,
        )


def interface_of(body: object) -> tuple[Interface, Element]:
    """Read a document of one interface.

    Returns:
        The interface, and the document with its words.

    Raises:
        ElementError: It is none; says where.
    """
    root = _root(body)
    shared: dict[str, Schema] = {}
    for one in root.children("schemas", _MOST_SCHEMAS):
        if not isinstance(one.body.get("@id"), str):
            raise one.fault("a shared schema needs an '@id'")
        shared[one.body["@id"]] = schema_of(one.body, root, shared)
    contents = _Contents(shared)
    for one in root.children("contents", _MOST_CONTENTS[root.version]):
        contents.add(one)
    interface = Interface(
        root.body["@id"],
        _extended(root),
        contents.properties,
        contents.components,
        contents.relationships,
        contents.telemetry,
        frozenset(contents.commands),
    )
    return interface, root


def _root(body: object) -> Element:
    if not isinstance(body, dict):
        raise ElementError("a model is no object")
    identifier = body.get("@id")
    if not is_model(identifier):
        raise ElementError(f"{identifier!r} is no model identifier: dtmi:PATH;VERSION (@id)")
    given = body.get("@context")
    named = given if isinstance(given, list) else [given]
    versions = [_CONTEXTS[one] for one in named if isinstance(one, str) and one in _CONTEXTS]
    if len(versions) != 1:
        raise ElementError(f"{identifier}: '@context' is none of {', '.join(_CONTEXTS)}")
    root = Element(body, str(identifier), versions[0])
    if "Interface" not in root.types:
        raise root.fault("'@type' is not 'Interface'")
    root.check("@context", "contents", "extends", "schemas")
    return root


def _extended(root: Element) -> tuple[str, ...]:
    given = root.body.get("extends", [])
    given = [given] if isinstance(given, str) else given
    if not isinstance(given, list) or not all(is_model(one) for one in given):
        raise root.fault("'extends' holds what is no model identifier")
    if len(given) > _MOST_EXTENDED[root.version]:
        raise root.fault(f"'extends' holds more than {_MOST_EXTENDED[root.version]}")
    return tuple(given)


def _property(one: Element, shared: Mapping[str, Schema]) -> Schema:
    one.check("name", "schema", "unit", "writable")
    if not isinstance(one.body.get("writable", False), bool):
        raise one.fault("'writable' is neither true nor false")
    found = schema_of(one.body.get("schema"), one, shared)
    if one.version == _NO_ARRAYS and holds_array(found):
        raise one.fault("a property of DTDL 2 holds no array")
    return found


def _component(one: Element) -> str:
    one.check("name", "schema")
    given = one.body.get("schema")
    if not is_model(given):
        raise one.fault("the schema of a component is the identifier of a model of its own")
    return str(given)


def _relationship(one: Element, shared: Mapping[str, Schema]) -> RelationshipType:
    one.check("name", "target", "properties", "minMultiplicity", "maxMultiplicity", "writable")
    target = one.body.get("target")
    if target is not None and not is_model(target):
        raise one.fault(f"{target!r} is no model identifier (target)")
    least, most = one.body.get("minMultiplicity", 0), one.body.get("maxMultiplicity", 1)
    if least != 0 or type(most) is not int or not 1 <= most <= _MOST_RELATIONS:
        raise one.fault("'minMultiplicity' is 0 and 'maxMultiplicity' 1 to 500")
    properties: dict[str, Schema] = {}
    for inner in one.children("properties", _MOST_CONTENTS[2]):
        if "Property" not in inner.types:
            raise inner.fault("'@type' is not 'Property'")
        name = inner.name()
        if name in properties:
            raise inner.fault(f"the name '{name}' is there twice")
        properties[name] = _property(inner, shared)
    return RelationshipType(target, properties)
