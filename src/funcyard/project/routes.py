"""Routes of HTTP functions taken apart: literals and parameters, as the host's templates have them.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#customize-the-http-endpoint
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BODY = re.compile(r"(?P<star>\*{0,2})(?P<name>[^*?:=/\s]+)(?P<rules>(?::.+?)?)(?P<optional>\??)\Z")
"""What stands between the braces of a parameter."""

_TOKEN = re.compile(
    r"\{(?P<body>(?:[^{}]|\{\{|\}\})*)\}|(?P<slash>/)|(?P<literal>[^{}/]+)|(?P<bad>.)"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A literal (without a name) or a parameter of a route.

    Attributes:
        text: As it stands in the route, braces included.
        name: Of the parameter.
        catch_all: Whether it takes the rest of the path, slashes included.
        optional: Whether an address may lack it.
    """

    text: str
    name: str = ""
    catch_all: bool = False
    optional: bool = False


def parts_of(route: str) -> list[Part]:
    """Return the parts of a route in their order; what cannot be read is a literal."""
    parts = []
    for token in _TOKEN.finditer(route):
        body = BODY.match(token["body"]) if token["body"] else None
        if body is None:
            parts.append(Part(token[0]))
        else:
            parts.append(Part(token[0], body["name"], bool(body["star"]), bool(body["optional"])))
    return parts


def parameters_of(route: str) -> tuple[str, ...]:
    """Return the names of a route's parameters."""
    return tuple(part.name for part in parts_of(route) if part.name)
