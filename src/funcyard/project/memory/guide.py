"""The guide in the setup notes, made of the spec: starting, testing, developing, deploying.

Each function returns one section's lines, heading first. What they say is about the generated
project and these commands as they are; nothing here depends on the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.project.calls import curl
from funcyard.project.memory.wording import code
from funcyard.project.names import host_port_variable

if TYPE_CHECKING:
    from funcyard.project.spec import FunctionApp, Spec, Trigger
    from funcyard.project.views import Remarks

_UV = "uv pip compile --universal --generate-hashes --no-emit-index-url"
_DEPENDENCIES = {
    "pip": "change `requirements.txt` in the app's folder.",
    "poetry": "change `pyproject.toml` in the app's folder and run `poetry lock` there.",
    "uv": "change `pyproject.toml` in the app's folder and lock it there:\n"
    f"`{_UV} pyproject.toml -o requirements.txt`.",
}
_PORT_SHIFT = 1000


def first_time(spec: Spec) -> list[str]:
    """How to start: without Docker, and with it."""
    ports = ", ".join(f"{app.name} on {app.port}" for app in spec.function_apps)
    compose = (
        "docker compose --env-file .env.local --file .docker/docker-compose.dev.yml up --build"
    )
    return f"""\
## First-Time Setup

1. `.env.local` holds this clone's own storage key, and other ports where you set them; Git ignores
   it. In a fresh clone `funcyard update` makes it from `.env.local.template`.
2. Without Docker: `funcyard up` starts Azurite, makes the storage and runs the apps ({ports}).
3. With Docker: `tilt up` builds the containers and shows them at http://localhost:10350.
4. With Docker, without Tilt: `{compose}`.""".splitlines()


def testing(spec: Spec, remarks: Remarks) -> list[str]:
    """How to make each function run once, and which the code has not as the spec says."""
    lines = ["## Testing Recommendations"]
    for app in spec.function_apps:
        lines += ["", f"### Test {app.name}", ""]
        for trigger in app.triggers:
            remark = remarks.get((app.name, trigger.name))
            said = f"- {code(trigger.name)}: {remark}; {code('funcyard diff')} shows what to write"
            lines.append(said if remark else _try(app, trigger))
    return lines


def known_issues(spec: Spec) -> list[str]:
    """What goes wrong first: symptom, cause, solution."""
    lines = ["## Known Issues"]
    for package in spec.local_packages:
        lines += f"""
### {package.name} not found

- **Symptom**: an app cannot import from {package.name}
- **Cause**: it is not installed in the app's environment, or is imported under another name
- **Solution**: restart `funcyard up`, which installs it; under Tilt, rebuild the app's resource
""".rstrip().splitlines()
    return (
        lines
        + """
### The storage does not come up

- **Symptom**: the apps wait, or cannot connect to Azurite
- **Cause**: Azurite is not installed (`funcyard up`) or its container is unhealthy (Docker)
- **Solution**: `funcyard azurite install`; under Tilt, read the logs of azurite and init-azurite
""".rstrip().splitlines()
    )


def workflow(spec: Spec) -> list[str]:
    """What happens when something is changed."""
    lines = f"""\
## Development Workflow

1. Change code in `functions/<app>/`: `funcyard up` reloads the app; Tilt copies it into the
   container and restarts that.
2. New code that does not load is shown with file and line; under `funcyard up` the last good code
   goes on serving.
3. Change what the project is in `funcyard.yaml`, then run `funcyard update`.

For dependency changes: {_DEPENDENCIES[spec.dependency_manager]}
A changed lock takes effect at the next `funcyard up`; Tilt follows it at once.""".splitlines()
    for package in spec.local_packages:
        lines += ["", f"For {package.name} changes: save; the apps are reloaded with it."]
    return lines


def deployment(spec: Spec) -> list[str]:
    """What Azure needs that this machine has otherwise."""
    lines = f"""\
## Deployment Considerations

- `funcyard deploy up --cloud public` makes storage account, plan and apps, sets what the file
  `.env` says, and publishes every app; what follows is for whoever does it otherwise.
- `AzureWebJobsStorage` and `AZURE_STORAGE_CONNECTION_STRING` must name a storage account in Azure:
  Azurite's are for this machine only.
- `local.settings.json` and `.env.local` are not deployed. Set their values as application settings
  of each Function App, secrets by reference to Azure Key Vault.
- Publish each app from its own folder, such as `functions/{spec.function_apps[0].name}`:
  `func azure functionapp publish <name in Azure>`.""".splitlines()
    if spec.environment:
        names = ", ".join(code(variable.name) for variable in spec.environment)
        lines.append(f"- Settings of the project's own, to be set in Azure too: {names}.")
    return lines


def troubleshooting(spec: Spec) -> list[str]:
    """What to do when something does not start or does not show."""
    shifted = ", ".join(
        code(f"{host_port_variable(app.name)}={app.port + _PORT_SHIFT}")
        for app in spec.function_apps
    )
    return f"""\
## Troubleshooting

- **A container does not start**: give Docker at least 4 GB of memory and 2 CPUs; 6 GB for three
  apps or more.
- **A port is taken**: `funcyard up` takes a free one and says so. For Docker, set others in
  `.env.local` and restart: {shifted}.
- **An edit does not show**: read the app's log for an error in the new code; under Tilt, rebuild
  the app's resource.""".splitlines()


def performance(spec: Spec) -> list[str]:
    """How to run less."""
    app = spec.function_apps[0].name
    return f"""\
## Performance Tips

- Run only what you need: `funcyard up --app {app}`, `tilt up {app}`.
- `.dockerignore` keeps the build context small: add large data of your own to it.
- `funcyard down` and `tilt down` stop what you do not use.""".splitlines()


def _try(app: FunctionApp, trigger: Trigger) -> str:
    name = code(trigger.name)
    if trigger.type == "http":
        return f"- {name}: {code(curl(trigger, app.port, host='localhost'))}"
    invoke = f"funcyard invoke {app.name} {trigger.name}"
    if trigger.type == "timer":
        return f"- {name} runs on the schedule {code(trigger.schedule)}; now: {code(invoke)}"
    if trigger.type == "queue":
        start = code(f"{invoke} --data MESSAGE")
        return f"- {name} runs for a message in {code(trigger.queue)}; without one: {start}"
    start = code(f"{invoke} --data CONTAINER/NAME")
    return f"- {name} runs for a blob that matches {code(trigger.path)}; by hand: {start}"
