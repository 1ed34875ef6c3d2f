from __future__ import annotations

import pytest

from funcyard.project.yaml_tree import LONGEST_TEXT, YamlFault, read_yaml

_BOMB = """\
a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
"""


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("", "empty", 1, 1),
        ("# only a comment", "empty", 1, 1),
        ("a: b: c", "not YAML: mapping values are not allowed here", 1, 5),
        ("a:\n\t- b", "not YAML: found character '\\t' that cannot start any token", 2, 1),
        ("a: [1, 2", "not YAML: expected ',' or ']', but got '<stream end>'", 1, 9),
        ("a: 'b", "not YAML: found unexpected end of stream", 1, 6),
        ('a: "\\U00110000"', "not YAML: chr() arg not in range(0x110000)", 1, 1),
        ("a: 1\nb: \x00", "not text: the character U+0000", 2, 4),
        ('a: "\\ud800"', "half a character: an escape of a surrogate", 1, 4),
        ("a: 1\n---\nb: 2", "a second document begins here", 2, 1),
        ("%YAML 1.1\n---\na: 1", "directives (%) are not taken in a spec", 2, 1),
        ("a: !!python/name:os.system", "the tag !!python/name:os.system is not taken in", 1, 4),
        ("a: !secret b", "the tag !secret is not taken in a spec", 1, 4),
        ("a: 1\nb: 2\na: 3", "the key 'a' comes twice, first on line 1", 3, 1),
        ("1: a", "a key must be text", 1, 1),
        ("true: a", "a key must be text", 1, 1),
        ("? [a, b]\n: c", "a key must be text", 1, 3),
        ("<<: {a: 1}", "merge keys (<<) are not taken in a spec", 1, 1),
        ("a: *b", "the alias *b has no anchor", 1, 4),
        ("a: &a [*a]", "the alias *a stands inside its own anchor", 1, 8),
        (_BOMB, "more than 20000 values, aliases counted where they stand", 5, 8),
        ("[" * 100_000, "nested deeper than 24 levels", 1, 25),
        ("- " * 50_000, "nested deeper than 24 levels", 1, 49),
        ('{"a":' * 20_000, "nested deeper than 24 levels", 1, 121),
        ("a: [x,\n" + "x,\n" * 30_000 + "]", "more than 20000 values", 19_998, 1),
        ("x" * (LONGEST_TEXT + 1), "larger than 256 KiB", 1, 1),
    ],
)
def test_what_a_spec_has_no_need_of_is_refused_at_its_place(
    text: str, message: str, line: int, column: int
) -> None:
    with pytest.raises(YamlFault) as caught:
        read_yaml(text)

    fault = caught.value
    assert fault.message.startswith(message)
    assert (fault.line, fault.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7071", 7071),
        ("-1", -1),
        ("3.10", 3.1),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("~", None),
        ("", None),
        ("'7071'", "7071"),
        ('"true"', "true"),
        ("0x1F", "0x1F"),
        ("2026-11-20", "2026-11-20"),
        ("9" * 400, "9" * 400),
        ("|\n  one\n  two\n", "one\ntwo\n"),
        (">-\n  one\n  two\n", "one two"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml(text: str, value: object) -> None:
    assert read_yaml(f"a: {text}").data() == {"a": value}


def test_aliases_within_bounds_are_copied() -> None:
    tree = read_yaml("a: &m [GET, POST]\nb: *m\nc: {d: *m}")

    assert tree.data() == {"a": ["GET", "POST"], "b": ["GET", "POST"], "c": {"d": ["GET", "POST"]}}
    copied = tree.entries["b"]
    assert (copied.line, copied.column, copied.path) == (2, 4, ("b",))


def test_nodes_know_their_place_and_extent() -> None:
    text = "a:\n  - name: x  # first\n\n  # about y\n  - {name: y}\nb: |\n  text\n\n# end\n"
    tree = read_yaml(text)
    items = tree.entries["a"].items

    assert [text[item.start : item.end] for item in items] == ["name: x", "{name: y}"]
    assert [(item.line, item.column) for item in items] == [(2, 5), (5, 5)]
    assert text[tree.entries["b"].start : tree.entries["b"].end] == "|\n  text"


def test_a_value_that_is_not_written_lies_behind_its_colon() -> None:
    text = "a:  # nothing\n\nb: 1"
    node = read_yaml(text).entries["a"]

    assert (node.start, node.end, node.line) == (2, 2, 1)
