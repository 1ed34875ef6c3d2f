"""Bodies as this provider reads them: names in any case, whole numbers that came as texts.

The Azure CLI sends ``Name`` for ``name`` and node counts as texts, and Azure takes both (recorded).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.schemas import schema_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from funcyard.emulator.core.records import Json

_OPEN: Final[dict[str, Any]] = {}


def spelled(kind: str, body: Json) -> Json:
    """Return a body with its members as the schema of its type spells them."""
    schema = schema_of(kind)
    result: Json = _value(body, schema.root, schema.definitions)
    if isinstance(place := result.get("location"), str):
        result["location"] = place.replace("(", "").replace(")", "")
    return result


def without_answered(
    kind: str, body: Json, answered: Collection[str], tidy: Callable[[Json], None]
) -> Json:
    """Return a body as :func:`spelled`, without what only answers hold and clients send back.

    Args:
        kind: Its type.
        body: As it came.
        answered: Names of such properties.
        tidy: Takes away what lies deeper in the properties, which are its own to change.
    """
    result = spelled(kind, body)
    given = result.get("properties")
    if not isinstance(given, dict):
        return result
    properties = {name: value for name, value in given.items() if name not in answered}
    tidy(properties)
    return {**result, "properties": properties}


def _value(value: Any, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict):
        return _object(value, schema, definitions)
    if isinstance(value, list):
        return [_value(one, schema.get("items", _OPEN), definitions) for one in value]
    if schema.get("type") == "integer" and isinstance(value, str) and value.isdecimal():
        return int(value)
    return value


def _object(value: Json, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Json:
    known = schema.get("properties", {})
    names = {name.lower(): name for name in known}
    result = {}
    for given, inner in value.items():
        name = given if given in known else names.get(given.lower(), given)
        result[name] = _value(inner, known.get(name, _OPEN), definitions)
    return result
