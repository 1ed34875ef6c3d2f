"""Whatever a file holds, reading it ends in values and faults, never in an exception."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from funcyard.preflight.image.dockerfile import read_dockerfile
from funcyard.preflight.infrastructure.arm import read_arm, read_arm_parameters
from funcyard.preflight.infrastructure.bicep import read_bicep, read_bicep_parameters
from funcyard.preflight.infrastructure.scope import Scope
from funcyard.preflight.infrastructure.syntax import Template

BICEP = [
    "param",
    "var",
    "resource",
    "module",
    "output",
    "using",
    "existing",
    "if",
    "for",
    "in",
    "a",
    "b",
    "c",
    "null",
    "true",
    "'",
    "''",
    "'''",
    "${",
    "$",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "=",
    "==",
    "=>",
    "?",
    "??",
    ":",
    "::",
    ".",
    ".?",
    "...",
    "!",
    "!~",
    ",",
    "@",
    "-",
    "+",
    "*",
    "/",
    "%",
    "<",
    "\\",
    "//",
    "/*",
    "*/",
    "#",
    "1",
    "99999999999",
    "'x/y@1'",
    "'a.bicep'",
    "concat",
    "json",
    "length",
    "map",
    "reduce",
    "toObject",
    "union",
    "resourceId",
    "a.outputs.b",
]
ARM = [
    "[",
    "]",
    "(",
    ")",
    ",",
    ".",
    "'",
    "''",
    "a",
    "1",
    "parameters('p')",
    "variables('v')",
    "concat(",
    "format(",
    "if(",
    "equals(",
    "union(",
    "createObject(",
    "resourceId(",
    "reference(",
    "outputs",
    "copyIndex()",
    "null()",
]
DOCKER = [
    "FROM",
    "ARG",
    "ENV",
    "COPY",
    "CMD",
    "RUN",
    "EXPOSE",
    "WORKDIR",
    "AS",
    "a",
    "b=c",
    "$a",
    "${a}",
    "${a:-b}",
    "${",
    "\\",
    '"',
    "'",
    "[",
    "]",
    "<<EOF",
    "EOF",
    "#",
    "--from=a",
    "--x",
    "/",
    ".",
    "80",
    "escape=`",
]


def _texts(words: list[str]) -> st.SearchStrategy[str]:
    parts = st.one_of(
        st.sampled_from(words), st.sampled_from(["\n", " ", "\n"]), st.text(max_size=3)
    )
    return st.lists(parts, max_size=60).map("".join)


def _evaluate(template: Template) -> None:
    def load(_above: str, _source: str) -> Template:
        return template

    scope = Scope(template, {}, load)
    for resource in scope.resources():
        assert isinstance(resource.body.text, str)
    for name in template.outputs:
        scope.output(name)


@given(_texts(BICEP))
def test_bicep(text: str) -> None:
    _evaluate(read_bicep(text, "main.bicep"))
    read_bicep_parameters(text)


@given(_texts(ARM), _texts(ARM))
def test_arm(one: str, other: str) -> None:
    document = {
        "parameters": {"p": {"defaultValue": f"[{one}]"}},
        "variables": {"v": [f"[{other}]"]},
        "resources": [{"type": "a/b", "name": f"[{one}]", "condition": f"[{other}]"}],
        "outputs": {"o": {"value": "[variables('v')[0]]"}},
    }
    _evaluate(read_arm(json.dumps(document), "a.json"))
    read_arm(one, "a.json")
    read_arm_parameters(other)


@given(_texts(DOCKER))
def test_dockerfile(text: str) -> None:
    for stage in read_dockerfile(text).stages:
        assert stage.image is not None
