"""Which function answers a request: route templates compiled once, matched most specific first.

Templates are ASP.NET Core's: literals without regard to case, ``{id}``, ``{id:int:min(1)}``,
``{id?}``, ``{id=1}``, ``{*rest}`` and several parameters within one segment (``{name}.{format}``,
``{name}.{ext?}``). What is refused is what its parser refuses.
https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-templates
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

from funcyard.errors import UserError
from funcyard.host.http.constraints import constraint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<inner>(?:[^{}]|\{\{|\}\})+)\}|(?P<text>[^{}]+)")
_ENCODED_SLASH = re.compile("%2f", re.IGNORECASE)
_NAME = re.compile(r"[^{}/?*]+")
_PERIOD = "."


class RouteTemplateError(UserError):
    """A route template that the host would refuse; its function cannot be reached."""

    code = "bad-route"


@dataclass(frozen=True, slots=True)
class _Segment:
    patterns: tuple[re.Pattern[str], ...]
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
        template: Relative to the host, prefix included.
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
                self._literal.setdefault(_trimmed(route.template).lower(), []).append(route)

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
    trimmed = _trimmed(template)
    if not trimmed:
        return ()
    if trimmed.startswith("~"):
        raise RouteTemplateError(f"route {template!r}: it begins with '~' and no slash after it")
    segments = [_segment(part, template) for part in _split(trimmed)]
    names: set[str] = set()
    for index, segment in enumerate(segments):
        if segment.catch_all and index < len(segments) - 1:
            raise RouteTemplateError(
                f"route {template!r}: a catch-all parameter must be the last segment"
            )
        for name in segment.names:
            if name.lower() in names:
                raise RouteTemplateError(f"route {template!r}: parameter {name!r} appears twice")
            names.add(name.lower())
    return tuple(segments)


def _trimmed(template: str) -> str:
    """Return a template without the one slash that may begin it, and the one that may end it."""
    begun = template.removeprefix("~/") if template.startswith("~/") else template.removeprefix("/")
    return begun.removesuffix("/")


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
    pieces = _pieces(part, template)
    parameters = [piece for piece in pieces if isinstance(piece, _Parameter)]
    if len(pieces) > 1:
        _refuse_mixed(pieces, f"route {template!r}, segment {part!r}")
    patterns = [_pattern(pieces)]
    whole = len(pieces) == len(parameters) == 1
    only = parameters[0] if whole else None
    if parameters and parameters[-1].optional and not whole:
        # Without the last parameter its period is left out, too.
        patterns.append(f"{_pattern(pieces[:-2])}(?<!\\.)")
    return _Segment(
        tuple(re.compile(pattern, re.IGNORECASE | re.DOTALL) for pattern in patterns),
        tuple(parameter.name for parameter in parameters),
        tuple((one.name, check) for one in parameters for check in one.checks),
        _rank(
            literal=not parameters,
            whole=whole,
            checked=any(parameter.checks for parameter in parameters),
            catch=only is not None and only.catch_all,
        ),
        only is not None and (only.optional or bool(only.default)),
        only.name if only and only.catch_all else "",
        (only.name, only.default) if only and only.default else None,
    )


def _pieces(part: str, template: str) -> list[str | _Parameter]:
    """Return the literals and the parameters of a segment in order."""
    pieces: list[str | _Parameter] = []
    position = 0
    for token in _TOKEN.finditer(part):
        if token.start() != position:
            break
        position = token.end()
        if token["inner"] is not None:
            pieces.append(_parameter(token["inner"], template))
            continue
        text = token["text"] if token["text"] is not None else token[0][0]
        if "?" in text:
            raise RouteTemplateError(f"route {template!r}: a literal may hold no '?', as {part!r}")
        if pieces and isinstance(pieces[-1], str):
            pieces[-1] += text
        else:
            pieces.append(text)
    if position != len(part):
        raise RouteTemplateError(f"route {template!r}: unbalanced braces in {part!r}")
    return pieces


def _refuse_mixed(pieces: list[str | _Parameter], where: str) -> None:
    """Refuse what a segment of several pieces must not hold.

    Raises:
        RouteTemplateError: It holds such.
    """
    for before, piece in pairwise([None, *pieces]):
        if not isinstance(piece, _Parameter):
            continue
        if piece.catch_all:
            raise RouteTemplateError(f"{where}: a catch-all parameter needs a segment of its own")
        if isinstance(before, _Parameter):
            raise RouteTemplateError(f"{where}: two parameters follow one another")
        if piece.optional and (piece is not pieces[-1] or before != _PERIOD):
            raise RouteTemplateError(
                f"{where}: an optional parameter must be alone, or last and follow a period"
            )


def _pattern(pieces: list[str | _Parameter]) -> str:
    return "".join(re.escape(p) if isinstance(p, str) else "([^/]+)" for p in pieces)


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
    text = inner.removeprefix("*").removeprefix("*")
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
    if catch_all and optional:
        raise RouteTemplateError(f"route {template!r}: catch-all {name!r} is optional")
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
        found = next(filter(None, (one.fullmatch(parts[index]) for one in segment.patterns)), None)
        if found is None:
            return None
        # The last is optional where the pattern has no group for it.
        values.update(zip(segment.names, found.groups(), strict=False))
        if not _passes(segment, values):
            return None
    return values if len(parts) <= len(segments) else None


def _passes(segment: _Segment, values: Mapping[str, str]) -> bool:
    return all(check(values[name]) for name, check in segment.checks if name in values)
