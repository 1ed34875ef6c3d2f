"""An orchestrator of ten functions, laid out as the one of seed 004, in all its states.

``function_app.py`` is a facade; the app lies in a package, its functions in modules of it. The code
is made up, the names and the layout are those of the seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PACKAGE = "azure_haymaker/orchestrator"
ACTIVITIES = {
    "validation": {"validate_environment_activity": "input_data"},
    "selection": {"select_scenarios_activity": "input_data"},
    "provisioning": {
        "create_service_principal_activity": "params",
        "deploy_container_app_activity": "params",
    },
    "monitoring": {"check_agent_status_activity": "params"},
    "cleanup": {"verify_cleanup_activity": "params", "force_cleanup_activity": "params"},
    "report": {"generate_report_activity": "params"},
}
"""The activities with their parameters, by module."""

FUNCTIONS = sorted(
    ["haymaker_timer", "orchestrate_haymaker_run", *(n for m in ACTIVITIES.values() for n in m)]
)
_TIMER = """\
@app.timer_trigger(
    arg_name="timer_request", schedule="0 0 0,6,12,18 * * *", run_on_startup=False
)
@app.durable_client_input(client_name="durable_client")
async def haymaker_timer(timer_request{annotation}, durable_client) -> None:
    run_id = str(uuid4())
    await durable_client.start_new(
        "orchestrate_haymaker_run", instance_id=run_id, client_input={{"run_id": run_id}}
    )
"""
_ORCHESTRATOR = """\
@app.orchestration_trigger(context_name="context")
def orchestrate_haymaker_run(context):
    run = context.get_input()
    checked = yield context.call_activity("validate_environment_activity", run)
    if not checked["overall_passed"]:
        return {"status": "failed"}
    return (yield context.call_activity("generate_report_activity", run))
"""
_ACTIVITY = """\
@app.activity_trigger(input_name="{parameter}")
def {name}({parameter}{annotation}) -> dict:
    return {{"status": "success", "input": {parameter}}}
"""
APP = """\
import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)
"""
IMPORTS = """\

from azure_haymaker.orchestrator import timer_trigger, workflow_orchestrator  # noqa: E402, F401
from azure_haymaker.orchestrator.activities import (  # noqa: E402, F401
    cleanup,
    monitoring,
    provisioning,
    report,
    selection,
    validation,
)
"""
FACADE = 'from azure_haymaker.orchestrator import app\n\n__all__ = ["app"]\n'
EVERY_IMPORT = """\
from azure_haymaker.orchestrator import app
from azure_haymaker.orchestrator.activities.cleanup import (
    force_cleanup_activity,
    verify_cleanup_activity,
)
from azure_haymaker.orchestrator.timer_trigger import haymaker_timer
from azure_haymaker.orchestrator.workflow_orchestrator import orchestrate_haymaker_run
"""
EVERY_NAME = f"""{EVERY_IMPORT}
__all__ = [
    "app",
    "force_cleanup_activity",
    "haymaker_timer",
    "orchestrate_haymaker_run",
    "verify_cleanup_activity",
]
"""
GUARDED = """\
try:
    from azure_haymaker.orchestrator import app
except Exception:
    app = None
"""
CONFLICT = f"""\
{APP}
try:
    from azure_haymaker.orchestrator import settings
<<<<<<< HEAD
except ImportError:
    app = None
=======
except ModuleNotFoundError:
    app = None
>>>>>>> origin/develop
"""
_SETTINGS = """\
{
  "IsEncrypted": false,
  "Values": {
    "FUNCTIONS_WORKER_RUNTIME": "python",
    "AzureWebJobsStorage": "UseDevelopmentStorage=true"
  }
}
"""
_HOST = """\
{
  "version": "2.0",
  "extensionBundle": {
    "id": "Microsoft.Azure.Functions.ExtensionBundle",
    "version": "[4.*, 5.0.0)"
  }
}
"""
_REQUIREMENTS = "azure-functions==1.26.0\nazure-functions-durable==1.7.0\n"


def project(*, good: bool, **files: str) -> dict[str, str]:
    """Return the files of a project whose functions are decorated in modules of their own.

    Args:
        good: Whether the worker takes the annotations; else they are those of the seed.
        files: Files that a test has otherwise, with ``__init__`` for the package's own and
            ``function_app`` for the script.
    """
    made = {
        "host.json": _HOST,
        "local.settings.json": _SETTINGS,
        "requirements.txt": _REQUIREMENTS,
        "function_app.py": FACADE,
        "azure_haymaker/__init__.py": "",
        f"{PACKAGE}/__init__.py": APP + IMPORTS,
        f"{PACKAGE}/activities/__init__.py": "",
        **modules(good=good),
    }
    names = {"function_app": "function_app.py", "__init__": f"{PACKAGE}/__init__.py"}
    return {**made, **{names[name]: text for name, text in files.items()}}


def modules(*, good: bool) -> dict[str, str]:
    """Return the modules that decorate functions onto the package's app."""
    importing = f"from {PACKAGE.replace('/', '.')} import app\n\n\n"
    first = "" if good else "from typing import Any\n\n"
    activities = {
        f"{PACKAGE}/activities/{module}.py": first
        + importing
        + "\n\n".join(_activity(name, parameter, good=good) for name, parameter in names.items())
        for module, names in ACTIVITIES.items()
    }
    first = "import azure.functions as func\n" if good else "from typing import Any\n"
    return {
        f"{PACKAGE}/timer_trigger.py": f"{first}from uuid import uuid4\n\n{importing}"
        + _timer(good=good),
        f"{PACKAGE}/workflow_orchestrator.py": importing + _ORCHESTRATOR,
        **activities,
    }


def moved(*, good: bool) -> str:
    """Return the script of the fifth fix, with every decorator in it."""
    first = (
        "from uuid import uuid4\n\n"
        if good
        else "from typing import Any\nfrom uuid import uuid4\n\n"
    )
    activities = [
        _activity(name, parameter, good=good)
        for names in ACTIVITIES.values()
        for name, parameter in names.items()
    ]
    return first + "\n\n".join([f"{APP}", _timer(good=good), _ORCHESTRATOR, *activities])


def line_of(text: str, wanted: str) -> int:
    """Return the line that begins with some text, spaces before it aside."""
    lines = enumerate(text.splitlines(), start=1)
    return next(number for number, line in lines if line.strip().startswith(wanted))


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write the files and return the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _timer(*, good: bool) -> str:
    return _TIMER.format(annotation=": func.TimerRequest" if good else ": Any")


def _activity(name: str, parameter: str, *, good: bool) -> str:
    annotation = ": dict" if good else ": dict[str, Any]"
    return _ACTIVITY.format(name=name, parameter=parameter, annotation=annotation)
