"""Why something failed to load, read from what the worker says of it.

The words are those of azure-functions-runtime 1.3.0 and azure-functions, which the loader gives
word for word (docs/discovery.md).
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.functions.model import LoadFailure


class Cause(Enum):
    """What kept an app, or one of its functions, from being loaded."""

    SCRIPT_NAME = auto()
    NOT_COMPILED = auto()
    HANGS = auto()
    ENDS = auto()
    NO_APP = auto()
    SEVERAL_APPS = auto()
    MODULE = auto()
    CIRCLE = auto()
    NAME = auto()
    SEVERAL_TRIGGERS = auto()
    IMPORT = auto()
    NO_TRIGGER = auto()
    NAME_TWICE = auto()
    UNBOUND_PARAMETER = auto()
    LACKING_PARAMETER = auto()
    NOT_A_CLASS = auto()
    DOES_NOT_FIT = auto()
    UNRESOLVED = auto()
    RETURN = auto()
    RETURN_BINDING = auto()
    CONTEXT = auto()
    INOUT = auto()
    RETRY = auto()
    OTHER = auto()

    @property
    def is_of_app(self) -> bool:
        """Whether the app was not even imported, or no app object was found in it."""
        return self in _OF_APP


_OF_APP = frozenset(
    {
        Cause.SCRIPT_NAME,
        Cause.NOT_COMPILED,
        Cause.HANGS,
        Cause.ENDS,
        Cause.NO_APP,
        Cause.SEVERAL_APPS,
        Cause.MODULE,
        Cause.CIRCLE,
        Cause.NAME,
        Cause.SEVERAL_TRIGGERS,
        Cause.IMPORT,
    }
)
_SYNTAX = frozenset({"SyntaxError", "IndentationError", "TabError"})
_UNRESOLVED = frozenset({"AttributeError", "NameError", *_SYNTAX})
_KINDS = {
    "InvalidFileNameError": Cause.SCRIPT_NAME,
    "ProcessCrashed": Cause.ENDS,
    "ProcessEnded": Cause.ENDS,
    "ProcessKilled": Cause.ENDS,
    "SystemExit": Cause.ENDS,
}
_PARAMETER = r"(?P<parameter>\w+)"
_TYPE = r'"(?P<type>\w+)"'
_APP_WORDS = (
    (Cause.HANGS, r"indexing took longer than "),
    (Cause.NO_APP, r"Could not find top level function app instances in "),
    (Cause.SEVERAL_APPS, r"More than one \w+ or other top level function app instances"),
    (Cause.CIRCLE, r".*partially initialized module '(?P<module>[^']+)'"),
    (Cause.MODULE, r"No module named '(?P<module>[^']+)'"),
    (Cause.MODULE, r"attempted relative import "),
    (Cause.NAME, r"cannot import name '(?P<name>[^']+)' from '(?P<module>[^']+)'"),
    (Cause.SEVERAL_TRIGGERS, r"A trigger was already registered to this function"),
    (Cause.NO_TRIGGER, r"Function (?P<function>.+) does not have a trigger\. "),
    (Cause.NAME_TWICE, r"Function (?P<function>.+) does not have a unique function name\. "),
)
_CANNOT_LOAD = r"cannot load the (?P<function>.*?) function: "
_FUNCTION_WORDS = (
    (Cause.UNBOUND_PARAMETER, r"the following parameters are declared .*:  \{(?P<names>.*)\}"),
    (Cause.LACKING_PARAMETER, r"Extra parameters in binding definition .*: \{(?P<names>.*)\}"),
    (Cause.NOT_A_CLASS, rf"binding {_PARAMETER} has invalid non-type annotation "),
    (Cause.DOES_NOT_FIT, rf"binding {_PARAMETER} has invalid Out annotation "),
    (Cause.DOES_NOT_FIT, rf'binding {_PARAMETER} is declared to have the "(?P<direction>\w+)" '),
    (Cause.DOES_NOT_FIT, rf'binding type "\'{_PARAMETER}\'" and dataType {_TYPE} '),
    (Cause.DOES_NOT_FIT, rf"type of {_PARAMETER} binding in the binding decorator {_TYPE} "),
    (Cause.RETURN, r"has invalid non-type return annotation "),
    (Cause.RETURN, r"return annotation should not be "),
    (Cause.RETURN, rf'Python return annotation ".*" does not match binding type {_TYPE}'),
    (Cause.RETURN_BINDING, r'"\$return" binding must have direction set to "out"'),
    (Cause.CONTEXT, r'the "context" parameter is expected to be of type '),
    (Cause.INOUT, r'"inout" bindings are not supported'),
)
_WORDS = tuple(
    (cause, re.compile(pattern, re.DOTALL))
    for cause, pattern in (
        *_APP_WORDS,
        *((cause, _CANNOT_LOAD + pattern) for cause, pattern in _FUNCTION_WORDS),
        (Cause.OTHER, _CANNOT_LOAD),
        (Cause.NOT_A_CLASS, r"issubclass\(\) arg 1 must be a class$"),
        (Cause.DOES_NOT_FIT, r"type object '\w+' has no attribute 'check_\w+put_type_annotation'"),
    )
)
_RETRY = re.compile(
    r"unknown enum label |invalid literal for int\(\)|int\(\) argument must be"
    r"|strptime\(\) argument|time data .* does not match format"
)
_LACKING = re.compile(r"module '(?P<module>[^']+)' has no attribute ")
_AT_IMPORT = re.compile(r'^  File "[^<"][^"]*", line \d+, in <module>$', re.MULTILINE)
_POSITION = re.compile(r"\((?P<file>[^()]+), line \d+\)$")
_ADVICE = re.compile(
    r"\.? Cannot find module\. Please check .*|Current sys\.path: .*| \(consider renaming .*\)",
    re.DOTALL,
)
_PATH = re.compile(r" \((?:/|[A-Za-z]:\\)[^()]*\)")
_SET = re.compile(r"\{('\w+'(?:, '\w+')+)\}")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def cause_of(failure: LoadFailure) -> tuple[Cause, Mapping[str, str]]:
    """Return why something failed, and what the words name: ``function``, ``parameter``, …."""
    if failure.kind in _KINDS:
        return _KINDS[failure.kind], {}
    if _is_of_compiling(failure):
        return Cause.NOT_COMPILED, {}
    for cause, words in _WORDS:
        if found := words.match(failure.message):
            return cause, {name: text for name, text in found.groupdict().items() if text}
    lacking = _LACKING.match(failure.message)
    named = lacking.groupdict() if lacking else {}
    return (Cause.IMPORT if _AT_IMPORT.search(failure.traceback) else Cause.OTHER), named


def cause_in_function(failure: LoadFailure, *, retried: bool) -> Cause:
    """Return why a function failed whose failure does not say it.

    Args:
        failure: What was raised while the function was bound.
        retried: Whether it has a retry policy.
    """
    if retried and _RETRY.match(failure.message):
        return Cause.RETRY
    return Cause.UNRESOLVED if failure.kind in _UNRESOLVED else Cause.OTHER


def words_of(failure: LoadFailure) -> str:
    """Return what the worker says, the same on every machine and in every run.

    Left out are advice, paths of this machine and addresses of objects; sets are in order.
    """
    plain = _ADDRESS.sub("", _PATH.sub("", _ADVICE.sub("", failure.message))).strip()
    return _SET.sub(lambda found: f"{{{', '.join(sorted(found[1].split(', ')))}}}", plain)


def _is_of_compiling(failure: LoadFailure) -> bool:
    """Tell whether a failure is that of compiling the very file that it points at."""
    found = _POSITION.search(failure.message) if failure.kind in _SYNTAX else None
    return found is not None and failure.file.rpartition("/")[2] == found["file"]
