"""Which function answers a request: route templates compiled once, matched most specific first.

Templates are ASP.NET Core's: literals without regard to case, ``{id}``, ``{id:int:min(1)}``,
``{id?}``, ``{id=1}``, ``{*rest}`` and several parameters within one segment (``{name}.{format}``).
https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#customize-the-http-endpoint
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from funcyard.errors import UserError
from funcyard.host.http.constraints import constraint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<inner>(?:[^{}]|\{\{|\}\})+)\}|(?P<text>[^{}]+)")
_ENCODED_SLASH = re.compile("%2f", re.IGNORECASE)
_NAME = re.compile(r"[^\s{}/:=?*]+")


class RouteTemplateError(UserError):
    """A route template that the host would refuse; its function cannot be reached."""

    code = "bad-route"


@dataclass(frozen=True, slots=True)
class _Segment:
    pattern: re.Pattern[str]
    names: tuple[str, ...]
    checks: tuple[tuple[str, Callable[[str], bool]], ...]
    rank: int
    optional: bool = False
    catch_all: str = ""
    default: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One function's route.

    Attributes:
        template: Relative to the host, prefix included, without a leading slash.
        methods: Upper case; empty means every method.
        function: Name of the function that answers.
    """

    template: str
    methods: frozenset[str]
    function: str


@dataclass(frozen=True, slots=True)
class Match:
    """The route that fits a request, and the values of its parameters."""

    route: Route
    parameters: Mapping[str, str]


class Routes:
    """All routes of an app.

    Args:
        routes: In any order; a template that cannot be compiled raises RouteTemplateError.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        compiled = [(route, _compile(route.template)) for route in routes]
        compiled.sort(key=lambda pair: _precedence(pair[1]))
        self._literal: dict[str, list[Route]] = {}
        self._patterns: list[tuple[Route, tuple[_Segment, ...]]] = []
        for route, segments in compiled:
            if any(segment.rank for segment in segments):
                self._patterns.append((route, segments))
            else:
                self._literal.setdefault(route.template.lower(), []).append(route)

    def match(self, path: str, method: str) -> Match | frozenset[str] | None:
        """Return the match, the methods that the path allows instead, or None for no such path.

        Args:
            path: The request's path as sent, still percent-encoded, without query.
            method: Upper case.
        """
        allowed: set[str] = set()
        trimmed = path.strip("/")
        for route in self._literal.get(_decode(trimmed).lower(), ()):
            if not route.methods or method in route.methods:
                return Match(route, {})
            allowed |= route.methods
        parts = [_decode(part) for part in trimmed.split("/")] if trimmed else []
        for route, segments in self._patterns:
            parameters = _match(segments, parts)
            if parameters is None:
                continue
            if not route.methods or method in route.methods:
                return Match(route, parameters)
            allowed |= route.methods
        return frozenset(allowed) if allowed else None


def _precedence(segments: tuple[_Segment, ...]) -> tuple[tuple[int, ...], int]:
    """Order as ASP.NET Core does: literal, mixed, constrained, plain, catch-all, by segment."""
    return tuple(segment.rank for segment in segments), len(segments)


def _compile(template: str) -> tuple[_Segment, ...]:
    trimmed = template.strip("/")
    if not trimmed:
        return ()
    segments = [_segment(part, template) for part in _split(trimmed)]
    names: set[str] = set()
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if (segment.catch_all or segment.optional) and not last:
            raise RouteTemplateError(
                f"route {template!r}: an optional or catch-all parameter must be the last segment"
            )
        for name in segment.names:
            if name.lower() in names:
                raise RouteTemplateError(f"route {template!r}: parameter {name!r} appears twice")
            names.add(name.lower())
    return tuple(segments)


def _split(template: str) -> list[str]:
    """Split at slashes outside braces, because a regex constraint may hold one."""
    parts, depth, current = [], 0, ""
    for character in template:
        depth += (character == "{") - (character == "}")
        if character == "/" and depth <= 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return [*parts, current]


def _segment(part: str, template: str) -> _Segment:
    if not part:
        raise RouteTemplateError(f"route {template!r}: an empty segment")
    pattern, checks, position = "", [], 0
    names: list[str] = []
    optional, catch_all, default = False, "", None
    for token in _TOKEN.finditer(part):
        if token.start() != position:
            raise RouteTemplateError(f"route {template!r}: unbalanced braces in {part!r}")
        position = token.end()
        if token["inner"] is None:
            text = token["text"] if token["text"] is not None else token[0][0]
            pattern += re.escape(text)
            continue
        parameter = _parameter(token["inner"], template)
        names.append(parameter.name)
        checks += [(parameter.name, check) for check in parameter.checks]
        catch_all = parameter.name if parameter.catch_all else catch_all
        optional = optional or parameter.optional
        default = (parameter.name, parameter.default) if parameter.default else default
        pattern += "([^/]+)"
    if position != len(part):
        raise RouteTemplateError(f"route {template!r}: unbalanced braces in {part!r}")
    whole = len(names) == 1 and part.startswith("{") and part.endswith("}")
    if (catch_all or optional or default) and not whole:
        raise RouteTemplateError(
            f"route {template!r}: an optional, default or catch-all parameter needs a segment of"
            " its own"
        )
    rank = _rank(literal=not names, whole=whole, checked=bool(checks), catch=bool(catch_all))
    return _Segment(
        re.compile(pattern, re.IGNORECASE | re.DOTALL),
        tuple(names),
        tuple(checks),
        rank,
        optional or default is not None,
        catch_all,
        default,
    )


def _rank(*, literal: bool, whole: bool, checked: bool, catch: bool) -> int:
    if literal:
        return 0
    if catch:
        return 4 if checked else 5
    if not whole:
        return 1
    return 2 if checked else 3


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    checks: tuple[Callable[[str], bool], ...]
    optional: bool
    catch_all: bool
    default: str


def _parameter(inner: str, template: str) -> _Parameter:
    text = inner.lstrip("*")
    catch_all = text != inner
    optional = text.endswith("?")
    text = text.removesuffix("?")
    name, *rest = _constraints(text)
    name, equals, default = name.partition("=")
    if rest:
        rest[-1], late_equals, late_default = _default_of(rest[-1])
        equals, default = late_equals or equals, late_default or default
    if not _NAME.fullmatch(name):
        raise RouteTemplateError(f"route {template!r}: {inner!r} is not a parameter")
    if equals and optional:
        raise RouteTemplateError(f"route {template!r}: {name!r} is optional and has a default")
    try:
        checks = tuple(constraint(one) for one in rest)
    except (ValueError, re.error) as fault:
        raise RouteTemplateError(f"route {template!r}: {fault}") from fault
    return _Parameter(name, checks, optional, catch_all, default)


def _constraints(text: str) -> list[str]:
    """Split at colons outside parentheses."""
    parts, depth, current = [], 0, ""
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == ":" and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return [*parts, current]


def _default_of(text: str) -> tuple[str, str, str]:
    closing = text.rfind(")")
    head, equals, default = text[closing + 1 :].partition("=")
    return text[: closing + 1] + head, equals, default


def _decode(text: str) -> str:
    """Undo percent-encoding, but for a slash: as Kestrel does, so that it stays in its segment."""
    return "%2F".join(unquote(part) for part in _ENCODED_SLASH.split(text))


def _match(segments: tuple[_Segment, ...], parts: list[str]) -> dict[str, str] | None:
    values: dict[str, str] = {}
    for index, segment in enumerate(segments):
        if segment.catch_all:
            rest = "/".join(parts[index:]) or (segment.default[1] if segment.default else "")
            values[segment.catch_all] = rest
            return values if _passes(segment, values) else None
        if index >= len(parts):
            if not segment.optional:
                return None
            if segment.default:
                values[segment.default[0]] = segment.default[1]
            continue
        found = segment.pattern.fullmatch(parts[index])
        if found is None:
            return None
        values.update(zip(segment.names, found.groups(), strict=True))
        if not _passes(segment, values):
            return None
    return values if len(parts) <= len(segments) else None


def _passes(segment: _Segment, values: Mapping[str, str]) -> bool:
    return all(check(values[name]) for name, check in segment.checks)
