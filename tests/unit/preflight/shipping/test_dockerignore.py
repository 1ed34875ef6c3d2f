"""The cases are those of Docker's documentation; tests/docker holds them against an engine."""

from __future__ import annotations

import pytest

from funcyard.preflight.shipping.dockerignore import Dockerignore

CASES = [
    # anchored at the root of the context, unlike .gitignore
    ("temp", "temp", True),
    ("temp", "some/temp", False),
    ("folder", "folder/inside/file", True),
    ("/temp", "temp/file", True),
    ("temp/", "temp/file", True),
    ("./temp", "temp", True),
    ("a/../temp", "temp", True),
    # one star stays in its folder
    ("*/temp*", "some/temporary.txt", True),
    ("*/temp*", "temporary.txt", False),
    ("*/temp*", "some/deep/temporary.txt", False),
    ("*/*/temp*", "some/deep/temporary.txt", True),
    ("*.md", "README.md", True),
    ("*.md", "docs/README.md", False),
    ("temp?", "tempa", True),
    ("temp?", "temp", False),
    ("[a-c].txt", "b.txt", True),
    ("[^a-c].txt", "b.txt", False),
    # two stars do not
    ("**/*.go", "main.go", True),
    ("**/*.go", "a/b/main.go", True),
    ("**/tests", "tests/a.py", True),
    ("**/tests", "a/b/tests/a.py", True),
    ("**/tests", "a/contests/a.py", False),
    ("a/**/b", "a/b", True),
    ("a/**/b", "a/x/y/b", True),
    ("a/**", "a/x/y", True),
    ("b/**", "b", False),
    ("**", "a/b", True),
    # the last line that matches decides
    ("*.md\n!README.md", "README.md", False),
    ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
    ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", False),
    ("*\n!functions", "functions/api/host.json", False),
    ("*\n!functions\n**/local.settings.json", "functions/api/local.settings.json", True),
    ("*\n!functions/api", "functions/loader/host.json", True),
    ("!a\na", "a", True),
    # what is no pattern
    ("# temp", "temp", False),
    ("  temp  ", "temp", True),
    ("\ufefftemp", "temp", True),
    # characters that mean something elsewhere
    ("a.b", "axb", False),
    ("a\\*b", "a*b", True),
    ("a\\*b", "axb", False),
    ("temp # no comment", "temp", False),
]


@pytest.mark.parametrize(("text", "path", "left_out"), CASES)
def test_a_file_is_left_out_as_docker_leaves_it_out(
    text: str, path: str, *, left_out: bool
) -> None:
    assert bool(Dockerignore(text).decides(path)) is left_out


@pytest.mark.parametrize(
    ("text", "path", "left_out"), [("**file", "a/myfile", True), ("a+b", "aab", False)]
)
def test_where_engines_differ_it_is_read_as_since_docker_23(
    text: str, path: str, *, left_out: bool
) -> None:
    assert bool(Dockerignore(text).decides(path)) is left_out


@pytest.mark.parametrize("text", ["!", "["])
def test_a_line_that_docker_refuses_leaves_nothing_out(text: str) -> None:
    assert not Dockerignore(text).decides("temp")


def test_the_line_that_decides_is_told() -> None:
    ignore = Dockerignore("# what stays out\n\n*.md\n!README.md\n  docs \n")

    assert ignore.decides("a.md") == 3
    assert ignore.decides("docs/x") == 5
    assert ignore.line(5) == "docs"
