"""Fixes over random apps whose annotations are refused: afterwards every function is found."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funcyard.preflight.facts import Facts, gather
from funcyard.preflight.fixes.applying import Mending
from funcyard.preflight.fixes.proposing import fixes_for
from funcyard.preflight.rules import RULES
from funcyard.preflight.run import report_on
from funcyard.preflight.target import Request, Target

TRIGGERS = {
    "HttpRequest": 'route(route="r{n}", trigger_arg_name="value")',
    "TimerRequest": 'timer_trigger(arg_name="value", schedule="0 * * * * *")',
    "QueueMessage": 'queue_trigger(arg_name="value", queue_name="queue", connection="S")',
    "InputStream": 'blob_trigger(arg_name="value", path="incoming/x", connection="S")',
    "ServiceBusMessage": (
        'service_bus_queue_trigger(arg_name="value", queue_name="queue", connection="S")'
    ),
    "EventGridEvent": 'event_grid_trigger(arg_name="value")',
    "DocumentList": (
        'cosmos_db_trigger(arg_name="value", database_name="d", container_name="c", connection="S")'
    ),
}
FORMS = (
    "typing.Any",
    "object",
    "{own} | None",
    "None | {own}",
    "typing.Optional[{own}]",
    "typing.Union[None, {own}]",
    "'{own} | None'",
    "typing.Optional['{own}']",
    "str | None",
    "typing.Optional[bytes]",
)
RETURNS = ("", " -> typing.Any", " -> typing.Optional[{response}]", " -> '{response} | None'")
IMPORTS = {
    "import azure.functions as func": "func.{name}",
    "import azure.functions": "azure.functions.{name}",
    f"from azure.functions import FunctionApp, HttpResponse, {', '.join(TRIGGERS)}": "{name}",
}
LAYOUTS = (
    "def {name}(value: {annotation}){returns}: ...",
    "async def {name}(\n    value: {annotation},  # größe\n    context,\n){returns}:\n    pass",
    "def {name}( context , value :{annotation} ){returns} :\n    return None",
)


@st.composite
def _apps(draw: st.DrawFn) -> tuple[str, set[str]]:
    """Return a script and the names of its functions."""
    importing = draw(st.sampled_from(sorted(IMPORTS)))
    own = IMPORTS[importing]
    parts = [f"{importing}\nimport typing\n\napp = {own.format(name='FunctionApp')}()\n"]
    kinds = draw(st.lists(st.sampled_from(sorted(TRIGGERS)), min_size=1, max_size=8))
    for number, kind in enumerate(kinds):
        returns = draw(st.sampled_from(RETURNS)) if kind == "HttpRequest" else ""
        function = draw(st.sampled_from(LAYOUTS)).format(
            name=f"f{number}",
            annotation=draw(st.sampled_from(FORMS)).format(own=own.format(name=kind)),
            returns=returns.format(response=own.format(name="HttpResponse")),
        )
        parts.append(f"\n\n@app.{TRIGGERS[kind].format(n=number)}\n{function}\n")
    return "".join(parts), {f"f{number}" for number in range(len(kinds))}


def _facts(folder: Path, python: Path) -> tuple[Request, Facts]:
    target = Target(name="api", directory=folder, interpreter=python)
    request = Request(folder, (target,), dict(os.environ))
    return request, asyncio.run(gather(request))


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(app=_apps())
def test_a_mended_app_has_all_its_functions_and_nothing_left_to_mend(
    app: tuple[str, set[str]], tmp_path: Path, apps_python: Path
) -> None:
    script, names = app
    path = tmp_path / "function_app.py"
    path.write_text(script, encoding="utf-8")
    request, facts = _facts(tmp_path, apps_python)
    findings = report_on(facts, RULES).findings
    mending = Mending(request, facts, fixes_for(facts, findings))

    after = asyncio.run(mending.apply())

    mended = path.read_text(encoding="utf-8")
    assert after.apps[0].survey.faults == (), mended
    assert {f.name for f in after.apps[0].survey.index.functions} == names
    assert mending.taken_back == ()
    assert fixes_for(after, report_on(after, RULES).findings) == []
    assert mended.count("# größe") == script.count("# größe")
