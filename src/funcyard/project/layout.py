"""Every file that the templates make: where it goes, from which template, who owns it and why.

A row is data: the renderer walks the rows that apply to a spec. ``{app}`` in a path stands for each
app in turn. A template's version is a digest of its text, so that the manifest can tell
what an older Funcyard made from what this one makes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from funcyard.project.files import Ownership

DOCKER = "Docker"
TILT = "Tilt"
ENVIRONMENT = "Environment"
APPS = "Function Apps"
IGNORE = "Ignore"
DOCUMENTATION = "Documentation"
TOOLS = "Development Tools"
PACKAGES = "Local Packages"
EDITOR = "Editor"
CI = "Continuous Integration"

TEMPLATES = Path(__file__).parent / "templates"

_EXECUTABLE = 0o755
_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of generated file.

    Attributes:
        path: In the project; ``{app}`` is replaced by each app's name.
        template: In ``templates/``, without ``.j2``.
        purpose: One line; ``{app}`` as in ``path``.
        group: Heading in lists of files.
        ownership: Who may change the file later.
        editable: ``Yes`` or ``Rarely``.
        managers: The dependency managers that have the file, all when empty.
        git_tracked: False for what must stay out of Git.
        mode: Permission bits.
        secret: Whether it holds a secret.
    """

    path: str
    template: str
    purpose: str
    group: str
    ownership: Ownership = Ownership.MANAGED
    editable: str = "Yes"
    managers: tuple[str, ...] = ()
    git_tracked: bool = True
    mode: int = 0o644
    secret: bool = False


SEEDED = Ownership.SEEDED

ROWS: tuple[Row, ...] = (
    Row(".docker/{app}/Dockerfile", "docker/app.Dockerfile", "Image of {app}", DOCKER),
    Row(
        ".docker/azurite/Dockerfile",
        "docker/azurite.Dockerfile",
        "Image of the storage emulator with the project's storage",
        DOCKER,
        editable="Rarely",
    ),
    Row(
        ".docker/azurite/entrypoint.sh",
        "docker/entrypoint.sh",
        "Starts Azurite and makes the project's storage in it",
        DOCKER,
        editable="Rarely",
        mode=_EXECUTABLE,
    ),
    Row(
        ".docker/azurite/healthy.sh",
        "docker/healthy.sh",
        "Tells Compose whether Azurite and the project's storage are ready",
        DOCKER,
        editable="Rarely",
        mode=_EXECUTABLE,
    ),
    Row(
        ".docker/azurite/create_storage.mjs",
        "docker/create_storage.mjs",
        "Creates containers, queues and tables over Azurite's REST interface",
        DOCKER,
        editable="Rarely",
    ),
    Row(
        ".docker/docker-compose.dev.yml",
        "docker/compose.yml",
        "All services with ports, settings, health checks and volumes",
        DOCKER,
    ),
    Row(
        ".docker/scripts/init_azurite.sh",
        "docker/init_azurite.sh",
        "The list of containers, queues and tables, and the script that makes them",
        DOCKER,
        mode=_EXECUTABLE,
    ),
    Row("Tiltfile", "tilt/Tiltfile", "Containers with live update and service selection", TILT),
    Row(
        ".env.local.template",
        "environment/env",
        "What .env.local looks like, without the key",
        ENVIRONMENT,
    ),
    Row(
        ".env.local",
        "environment/env",
        "Storage key and settings of this machine; its ports as comments",
        ENVIRONMENT,
        ownership=SEEDED,
        git_tracked=False,
        mode=_PRIVATE,
        secret=True,
    ),
    Row(
        "functions/{app}/function_app.py",
        "app/function_app.py",
        "The functions of {app}",
        APPS,
        ownership=SEEDED,
    ),
    Row(
        "functions/{app}/tests/test_function_app.py",
        "app/test_function_app.py",
        "Unit tests of {app}",
        APPS,
        ownership=SEEDED,
    ),
    Row("functions/{app}/pytest.ini", "app/pytest.ini", "How pytest finds {app}'s code", APPS),
    Row(
        "functions/{app}/requirements.txt",
        "app/requirements.txt",
        "Exact versions of {app}'s packages",
        APPS,
        ownership=SEEDED,
        managers=("pip", "uv"),
    ),
    Row(
        "functions/{app}/pyproject.toml",
        "app/pyproject.toml",
        "The packages that {app} asks for",
        APPS,
        ownership=SEEDED,
        managers=("poetry", "uv"),
    ),
    Row(
        "functions/{app}/poetry.lock",
        "app/poetry.lock",
        "Exact versions of {app}'s packages",
        APPS,
        ownership=SEEDED,
        editable="Rarely",
        managers=("poetry",),
    ),
    Row("functions/{app}/host.json", "app/host.json", "Settings of {app}'s Functions host", APPS),
    Row(
        "functions/{app}/local.settings.json",
        "app/local.settings.json",
        "Settings of {app} for Azure Functions Core Tools",
        APPS,
        ownership=SEEDED,
        git_tracked=False,
    ),
    Row(
        "functions/{app}/.funcignore",
        "app/funcignore",
        "What a deployment of {app} leaves out",
        IGNORE,
        editable="Rarely",
    ),
    Row(".gitignore", "root/gitignore", "What Git leaves out, secrets first", IGNORE),
    Row(".dockerignore", "root/dockerignore", "What image contexts leave out", IGNORE),
    Row(
        ".gitattributes", "root/gitattributes", "Unix line ends where containers need them", IGNORE
    ),
    Row(".vscode/launch.json", "editor/launch.json", "Attach a debugger to each app", EDITOR),
    Row(".vscode/tasks.json", "editor/tasks.json", "Run, debug and test from VS Code", EDITOR),
    Row(".vscode/settings.json", "editor/settings.json", "Completes funcyard.yaml", EDITOR),
    Row(
        ".vscode/funcyard.schema.json",
        "editor/schema.json",
        "JSON Schema of funcyard.yaml for editors",
        EDITOR,
        editable="Rarely",
    ),
    Row(".vscode/extensions.json", "editor/extensions.json", "Recommended extensions", EDITOR),
    Row(
        ".devcontainer/devcontainer.json",
        "editor/devcontainer.json",
        "A development container with Python, Node.js and Docker",
        EDITOR,
    ),
    Row("ruff.toml", "root/ruff.toml", "Style rules of the project", TOOLS),
    Row(".github/workflows/ci.yml", "ci/ci.yml", "Lint, tests and image builds", CI),
    Row("requirements-dev.txt", "root/requirements-dev.txt", "Tools of lint and tests", TOOLS),
    Row("Makefile", "root/Makefile", "The commands of every day", TOOLS),
    Row("README.md", "root/README.md", "How to run, test and debug the project", DOCUMENTATION),
)


def _version(template: str) -> str:
    source = TEMPLATES / f"{template}.j2"
    return hashlib.sha256(source.read_bytes()).hexdigest()[:12] if source.is_file() else "1"


TEMPLATE_VERSIONS: dict[str, str] = {row.template: _version(row.template) for row in ROWS}
"""Version of each template, for the manifest; what is copied as it is has version 1."""
