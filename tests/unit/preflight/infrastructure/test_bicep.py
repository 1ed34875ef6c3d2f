from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.infrastructure.reading import deployments, resource

from funcyard.preflight.infrastructure.bicep import read_bicep

APP = "resource app 'Microsoft.App/containerApps@2024-03-01' = {{ name: 'a', properties: {0} }}\n"


def _told(tmp_path: Path, expression: str, before: str = "") -> str:
    body = APP.format(f"{{ it: {expression} }}")
    found = resource(tmp_path, {"main.bicep": f"{before}\n{body}"}).body.get("properties", "it")
    assert found is not None
    return found.text


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("'it\\'s \\u{41}\\n\\${x}'", "it's A\n${x}"),
        ("'''\na 'b'\n${c}'''", "a 'b'\n${c}"),
        ("'a-${1 + 2 * 3}-${'b${true}'}'", "a-7-btrue"),
        ("json('0.5')", "0.5"),
        ("-1", "-1"),
        ("7 / 2 % 2 - 1", "0"),
        ("1 < 2 && !(3 >= 4) || false ? 'yes' : 'no'", "yes"),
        ("'A' =~ 'a' ? 1 : 2", "1"),
        ("null ?? 'else'", "else"),
        ("[\n 1\n -2\n]", "[1,-2]"),
        ("[1, 2, ...[3]]", "[1,2,3]"),
        ("{ a: 1, 'b-c': 2, '${'d'}': 3, ...{ e: 4 } }", "{a:1,b-c:2,d:3,e:4}"),
        ("[for n in [1, 2]: 'n${n}']", "[n1,n2]"),
        ("[for (n, i) in ['x', 'y', 'z']: if (i != 1) '${n}${i}']", "[x0,z2]"),
        ("{ a: { b: [5] } }.a.b[0]", "5"),
        ("{ a: 1 }['a']!", "1"),
        ("format('{0}:{1}', 'a', 2)", "a:2"),
        ("union([{ n: 'x' }], [{ n: 'y' }])[1].n", "y"),
        ("contains({ Dev: 1 }, 'dev') ? 1 : 2", "1"),
        ("empty('') ? toUpper('a') : 'b'", "A"),
        ("true\n ? 'over'\n : 'lines'", "over"),
        ("any('x')", "x"),
        ("map([1, 2], x => x * 2)", "[2,4]"),
        ("map(['a'], name => { key: name })", "[{key:a}]"),
        ("filter([1, 2, 3], (n) => n > 1)", "[2,3]"),
        ("reduce([1, 2, 3], 10, (sum, n) => sum + n)", "16"),
        ("toObject([{ n: 'a', v: 1 }], x => x.n, x => x.v)", "{a:1}"),
        ("toObject(['a'], x => 'the-${x}')", "{the-a:a}"),
        ("map([1, 2], x => map([10], y => x + y))", "[[11],[12]]"),
        ("items({ b: 1, a: 2 })", "[{key:a,value:2},{key:b,value:1}]"),
        (
            "[for one in items({ A: 'x' }): { name: one.key, value: one.value }]",
            "[{name:A,value:x}]",
        ),
        ("{ a: 1 }.?b ?? 'else'", "else"),
        ("{ a: 1 }.?b.c.d[0] ?? 'else'", "else"),
        ("{ a: 1 }[?'b'] ?? 'else'", "else"),
        ("{ a: { b: 5 } }.?a.?b", "5"),
    ],
)
def test_what_can_be_told_is_told_as_bicep_has_it(
    tmp_path: Path, expression: str, told: str
) -> None:
    assert _told(tmp_path, expression) == told


@pytest.mark.parametrize(
    "expression",
    [
        "resourceGroup().location",
        "uniqueString('a')",
        "given",
        "given == 'x' ? 1 : 2",
        "[for x in given: x]",
        "map(given, x => x)",
        "map([1], x => given)[0]",
        "filter([1, 2], x => x > given)",
        "reduce(given, 0, (a, b) => a + b)",
        "toObject([given], x => x)",
        "items(given)",
        "given.?b ?? 1",
        "sort([2, 1], (a, b) => a < b)",
        "loadTextContent('a.txt')",
        "1 / 0",
        "{ a: 1 }.b",
        "[1][3]",
        "noSuchName",
    ],
)
def test_what_only_azure_can_tell_stays_unknown(tmp_path: Path, expression: str) -> None:
    body = APP.format(f"{{ it: {expression} }}")
    found = resource(tmp_path, {"main.bicep": f"param given string\n{body}"}).body
    told = found.get("properties", "it")
    assert told is not None
    assert not told.known


def test_a_condition_is_decided_where_one_side_decides_it(tmp_path: Path) -> None:
    assert _told(tmp_path, "false && given ? 1 : 2", "param given bool") == "2"
    assert _told(tmp_path, "true || given ? 1 : 2", "param given bool") == "1"
    assert _told(tmp_path, "given == given ? 1 : 2", "param given bool") == "1"
    assert _told(tmp_path, "given ? 3 : 3", "param given bool") == "3"


def test_a_value_tells_the_line_on_which_it_is_written(tmp_path: Path) -> None:
    text = "param count int = 4\nvar sizes = {\n  small: 2\n}\n" + APP.format(
        "{\n a: count\n b: sizes.small\n c: 7\n}"
    )
    properties = resource(tmp_path, {"infra/main.bicep": text}).body.get("properties")
    assert properties is not None
    places = {name: properties.get(name) for name in "abc"}
    assert {name: (v.file, v.line) for name, v in places.items() if v} == {
        "a": ("infra/main.bicep", 1),
        "b": ("infra/main.bicep", 3),
        "c": ("infra/main.bicep", 8),
    }


def test_types_and_decorators_and_comments_are_passed_over(tmp_path: Path) -> None:
    before = """
    // a comment
    #disable-next-line no-unused-params
    @description('which')
    @allowed(['dev', 'prod'])
    param which 'dev' | 'prod' = 'dev' /* and
    another */
    param shape { a: string, b: int? } = { a: 'x' }
    type pair = { left: string }
    func twice(a string) string => '${a}${a}'
    var listed string[] = ['a']
    """
    assert _told(tmp_path, "'${which}${shape.a}${listed[0]}'", before) == "devxa"


def test_a_declaration_that_cannot_be_followed_is_left_out_with_its_line() -> None:
    text = "param a string = 'x'\nvar b = [^\nparam c string = 'y'\nvar d = 'open\n"
    assert [fault.line for fault in read_bicep(text, "m.bicep").faults] == [4]
    template = read_bicep("param a string = 'x'\nvar b = 1 +\nparam c string = 'y'\n", "m.bicep")
    assert [fault.line for fault in template.faults] == [2]
    assert set(template.parameters) == {"a", "c"}
    assert not template.variables


def test_values_that_need_themselves_are_unknown(tmp_path: Path) -> None:
    assert "var" in _told(tmp_path, "a", "var a = b\nvar b = a")


def test_values_that_grow_without_end_are_not_told(tmp_path: Path) -> None:
    doubled = "\n".join(f"var v{n} = '${{v{n - 1}}}${{v{n - 1}}}'" for n in range(1, 60))
    told = _told(tmp_path, "v59", f"var v0 = '0123456789'\n{doubled}")
    assert len(told) < 1000


@pytest.mark.parametrize(
    "grown", ["[...all, ...all]", "{ ...all, '${n}': all }", "concat(all, all)"]
)
def test_lists_and_objects_that_grow_without_end_are_not_told(tmp_path: Path, grown: str) -> None:
    start = "{}" if grown.startswith("{") else "[1]"
    told = _told(tmp_path, f"reduce(range(0, 9000), {start}, (all, n) => {grown})")
    assert told.startswith("{")
    assert len(told) < 1000


@pytest.mark.parametrize(
    "text",
    [
        "{ name: a.id }",
        "{ name: a.id, parent: a }",
        "{ name: 'a', scope: a }",
        "{ name: 'a', parent: b }",
    ],
)
def test_resources_that_need_themselves_are_read_all_the_same(tmp_path: Path, text: str) -> None:
    kind = "Microsoft.Web/sites@2024-04-01"
    file = f"resource a '{kind}' = {text}\nresource b '{kind}' = {{ name: 'b', parent: a }}\n"
    (deployment,) = deployments(tmp_path, {"main.bicep": file})
    assert [found.symbol for found in deployment.resources] == ["a", "b"]


def test_values_that_hold_each_other_many_times_end(tmp_path: Path) -> None:
    doubled = "\n".join(f"var v{n} = [v{n - 1}, v{n - 1}]" for n in range(1, 60))
    assert _told(tmp_path, "string(v59)", f"var v0 = ['x']\n{doubled}").startswith("{")
    many = "[for a in range(0, 9000): [for b in range(0, 9000): a]]"
    assert _told(tmp_path, f"length({many})") == "9000"


def test_a_file_without_a_declaration_is_empty() -> None:
    assert read_bicep("// nothing\n", "m.bicep").faults == []


def test_deep_nesting_ends_in_a_fault() -> None:
    template = read_bicep(f"var a = {'(' * 5000}1{')' * 5000}\nvar b = 2\n", "m.bicep")
    assert [fault.args[0] for fault in template.faults] == ["nested too deeply"]
    assert set(template.variables) == {"b"}


def test_resources_inside_of_others_are_read(tmp_path: Path) -> None:
    text = """
    resource site 'Microsoft.Web/sites@2024-04-01' = {
      name: 'app'
      resource settings 'config' = {
        name: 'appsettings'
        properties: { A: 'b' }
      }
    }
    """
    (deployment,) = deployments(tmp_path, {"main.bicep": text})
    outer, inner = deployment.resources
    assert inner.type == "Microsoft.Web/sites/config"
    assert inner.parent == outer.id
