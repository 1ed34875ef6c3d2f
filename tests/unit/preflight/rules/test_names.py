"""The rules on names that the host or storage refuses: of functions, queues, containers, tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.preflight.failing import function, holding
from tests.unit.preflight.given import facts, found

from funcyard.functions.model import Binding, Function
from funcyard.preflight.facts import Facts
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules import function_name_invalid, storage_name_invalid

HEAD = "import azure.functions as func\napp = func.FunctionApp()\n"


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("my func!", "my_func"),
        ("größe", "gr_e"),
        ("9lives", "function_9lives"),
        ("_tidy", "tidy"),
        ("Host", "function_Host"),
        ("!", "function"),
        ("a" * 129, "a" * 128),
    ],
)
def test_a_name_that_the_host_does_not_take_is_told_with_one_that_it_does(
    tmp_path: Path, name: str, instead: str
) -> None:
    body = f'@app.function_name("{name}")\n@app.route("a")\ndef run(req): ...\n'
    survey = holding(function(name, line=3))

    (finding,) = found(
        function_name_invalid.RULE, facts(tmp_path, {"function_app.py": HEAD + body}, survey=survey)
    )

    assert (finding.file, finding.line, finding.severity) == ("function_app.py", 3, Severity.ERROR)
    assert finding.message == f"the host does not take a function that is called {name}"
    assert finding.next == f'name it: @app.function_name("{instead}")'


@pytest.mark.parametrize("name", ["tick", "Tick-2_b", "a", "hosting", "a" * 128])
def test_a_name_that_the_host_takes_is_silent(tmp_path: Path, name: str) -> None:
    given = facts(tmp_path, {}, survey=holding(function(name)))

    assert found(function_name_invalid.RULE, given) == []


def test_of_function_json_folders_another_rule_tells_it(tmp_path: Path) -> None:
    survey = holding(replace(function("my func"), model="v1"))

    assert found(function_name_invalid.RULE, facts(tmp_path, {}, survey=survey)) == []


def _using(kind: str, **properties: str) -> Function:
    """A function with one binding of storage, which is its trigger or stands beside one."""
    binding = Binding("item", kind, "in", {"type": kind, **properties})
    others = () if binding.is_trigger else function("f").bindings
    return replace(function("work", line=3), bindings=(binding, *others))


def _told(root: Path, one: Function, **settings: str) -> list[str]:
    given = facts(root, {}, survey=holding(one), target={"settings": settings})
    return [finding.message for finding in found(storage_name_invalid.RULE, given)]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("queueTrigger", "my_queue"),
        ("queueTrigger", "My_Queue"),
        ("queueTrigger", "-queue"),
        ("queueTrigger", "a--b"),
        ("queueTrigger", "ab"),
        ("queueTrigger", "q" * 64),
        ("queueTrigger", ""),
        ("queueTrigger", "orders-{tenant}"),
        ("queue", "orders.new"),
        ("queue", "orders{{new"),
        ("queue", "my_{id}"),
        ("queue", "{id}-"),
        ("queue", "a--{id}"),
        ("queue", "{id}" + "q" * 64),
    ],
)
def test_a_queue_that_cannot_be_called_so_is_told(tmp_path: Path, kind: str, name: str) -> None:
    assert len(_told(tmp_path, _using(kind, queueName=name))) == 1


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("queueTrigger", "orders"),
        ("queueTrigger", "Orders-2"),
        ("queueTrigger", "%QUEUE%"),
        ("queueTrigger", "%QUEUE%-new"),
        ("queue", "{queue}"),
        ("queue", "orders-{id}-new"),
        ("serviceBusTrigger", "My_Queue"),
    ],
)
def test_a_queue_that_may_be_called_so_is_silent(tmp_path: Path, kind: str, name: str) -> None:
    assert _told(tmp_path, _using(kind, queueName=name)) == []


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("blobTrigger", "{name}"),
        ("blobTrigger", "{name}/x"),
        ("blobTrigger", "a{name}/x"),
        ("blobTrigger", "Samples/{name}"),
        ("blobTrigger", "my_files/{name}"),
        ("blobTrigger", "/files/{name}"),
        ("blobTrigger", "files/"),
        ("blob", "files/"),
        ("blob", "My_Files/x.txt"),
        ("blob", "-{x}/y"),
        ("blob", "A{x}/y"),
        ("blob", "a_%X%/y"),
    ],
)
def test_a_container_that_cannot_be_called_so_is_told(tmp_path: Path, kind: str, path: str) -> None:
    assert len(_told(tmp_path, _using(kind, path=path))) == 1


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("blobTrigger", "files/{name}.CSV"),
        ("blobTrigger", "files"),
        ("blobTrigger", "$web/{name}"),
        ("blobTrigger", "%FILES%/My_{name}"),
        ("blobTrigger", "%PATH%"),
        ("blob", "{container}/My_File"),
        ("blob", "{container}My_/x"),
        ("blob", "files-{x}/y_Z"),
        ("blob", "files/{DateTime:yyyy-MM-dd}/{rand-guid}.txt"),
        ("blob", "https://a.blob.core.windows.net/My_Files/x"),
        ("blob", "{data.url}"),
    ],
)
def test_a_container_that_may_be_called_so_is_silent(tmp_path: Path, kind: str, path: str) -> None:
    assert _told(tmp_path, _using(kind, path=path)) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("my-table", True),
        ("2fast", True),
        ("ab", True),
        ("tables", True),
        ("my_{x}", True),
        ("9{x}", True),
        ("Orders2026", False),
        ("{x}9", False),
        ("%TABLE%", False),
    ],
)
def test_tables_have_letters_and_digits(tmp_path: Path, name: str, *, told: bool) -> None:
    assert bool(_told(tmp_path, _using("table", tableName=name))) is told


def test_a_name_is_told_where_it_is_written(tmp_path: Path) -> None:
    body = (
        '@app.queue_trigger(\n    arg_name="item",\n    queue_name="My_Queue",\n'
        '    connection="X",\n)\ndef work(item): ...\n'
    )
    one = _using("queueTrigger", queueName="My_Queue")
    given = facts(tmp_path, {"function_app.py": HEAD + body}, survey=holding(one))

    (finding,) = found(storage_name_invalid.RULE, given)

    assert (finding.file, finding.line, finding.severity) == ("function_app.py", 5, Severity.ERROR)
    assert finding.message == "work: a queue cannot be called my_queue"
    assert finding.evidence == 'queue_name="My_Queue",'


def test_what_only_a_run_completes_fails_only_then(tmp_path: Path) -> None:
    one = _using("queue", queueName="my_{id}")

    (finding,) = found(storage_name_invalid.RULE, facts(tmp_path, {}, survey=holding(one)))

    assert finding.severity is Severity.WARNING
    assert finding.message == "work: a queue cannot be called my_…"


def test_a_setting_stands_for_its_value(tmp_path: Path) -> None:
    one = _using("queueTrigger", queueName="%QUEUE%-new")

    assert _told(tmp_path, one, queue="orders") == []
    assert _told(tmp_path, one, queue="my_orders") == [
        "work: a queue cannot be called my_orders-new"
    ]


SITE = """\
resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: 'orders'
  kind: 'functionapp,linux'
  properties: { siteConfig: { appSettings: [
    { name: 'QUEUE', value: 'My_Orders' }
  ] } }
}
"""


def _deployed(root: Path, template: str) -> Facts:
    one = _using("queueTrigger", queueName="%QUEUE%")
    return facts(
        root,
        {"main.bicep": template},
        survey=holding(one),
        target={"settings": {"QUEUE": "orders"}},
    )


def test_a_setting_is_judged_as_the_template_gives_it_too(tmp_path: Path) -> None:
    (finding,) = found(storage_name_invalid.RULE, _deployed(tmp_path, SITE))

    assert (finding.file, finding.line) == ("main.bicep", 5)
    assert finding.message == ("work: a queue cannot be called my_orders, from %QUEUE% of orders")


def test_a_setting_of_another_app_is_not_held_against_a_name(tmp_path: Path) -> None:
    both = SITE + SITE.replace("resource site", "resource other").replace("orders'", "other'")

    assert found(storage_name_invalid.RULE, _deployed(tmp_path, both)) == []
