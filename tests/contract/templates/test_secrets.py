"""The key stays in one file, which neither Git nor an image ever sees."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from funcyard.project.names import host_port_variable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.contract.templates.conftest import Project

LIST_CONTEXT = """
import json, sys
from docker.utils.build import exclude_paths
root, patterns, dockerfile = sys.argv[1], open(sys.argv[1] + "/.dockerignore").read(), sys.argv[2]
lines = [line.strip() for line in patterns.splitlines()]
lines = [line for line in lines if line and not line.startswith("#")]
print(json.dumps(sorted(exclude_paths(root, lines, dockerfile=dockerfile))))
"""


@pytest.fixture
def littered(project: Project, judge: Callable[[str], Path]) -> Callable[[], list[str]]:
    """Lay secrets and rubbish about and list what an image could copy."""
    python = judge("context") / "bin" / "python"
    litter = [".env", ".env.production", ".azurite-key", ".funcyard/run/state.json", ".git/config"]
    for app in project.spec.function_apps:
        folder = f"functions/{app.name}"
        litter += [f"{folder}/.env", f"{folder}/.venv/pyvenv.cfg", f"{folder}/__pycache__/a.pyc"]
    for package in project.spec.local_packages:
        litter += [f"{package.path}/README.md", f"{package.path}/src/a.py", f"{package.path}/.env"]
    for path in litter:
        file = project.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.write_text("secret")

    def context() -> list[str]:
        dockerfile = f".docker/{project.spec.function_apps[0].name}/Dockerfile"
        done = subprocess.run(
            [python, "-c", LIST_CONTEXT, project.root, dockerfile],
            check=True,
            capture_output=True,
            text=True,
        )
        return [path for path in json.loads(done.stdout) if (project.root / path).is_file()]

    return context


def test_no_image_context_holds_a_secret(
    project: Project, littered: Callable[[], list[str]]
) -> None:
    context = littered()
    for path in context:
        assert project.key not in (project.root / path).read_text(errors="replace")
        name = path.rsplit("/", 1)[-1]
        assert not name.startswith(".env")
        assert name != "local.settings.json"
        assert not {".venv", "__pycache__", ".git", ".funcyard"} & set(path.split("/"))


def test_image_contexts_hold_what_dockerfiles_copy(
    project: Project, littered: Callable[[], list[str]]
) -> None:
    context = littered()
    for app in project.spec.function_apps:
        assert f"functions/{app.name}/function_app.py" in context
        assert f"functions/{app.name}/host.json" in context
        for name in ("requirements.txt", "pyproject.toml", "poetry.lock"):
            path = f"functions/{app.name}/{name}"
            assert (path in context) is (path in project.files)
    for package in project.spec.local_packages:
        folder = package.path.removeprefix("./")
        assert f"{folder}/README.md" in context
        assert f"{folder}/src/a.py" in context
    assert ".docker/azurite/create_storage.mjs" in context
    assert ".docker/scripts/init_azurite.sh" in context


def test_git_ignores_what_must_stay_out_of_it(project: Project, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text(project.text(".gitignore"))
    paths = [*project.files, ".env", ".env.production", ".funcyard/run/state.json", "a/.venv/x"]
    done = subprocess.run(
        ["git", "-C", tmp_path, "check-ignore", "--stdin", "--no-index"],
        input="\n".join(paths),
        check=False,
        capture_output=True,
        text=True,
    )
    ignored = set(done.stdout.split())
    untracked = {path for path, file in project.files.items() if not file.git_tracked}
    assert ignored == {*untracked, *paths[-4:]}
    assert ".env.local" in ignored
    assert ".env.local.template" not in ignored


def test_only_one_file_holds_the_key(project: Project) -> None:
    holding = [path for path, file in project.files.items() if project.key.encode() in file.content]
    assert holding == [".env.local"]
    file = project.files[".env.local"]
    assert (file.secret, file.mode, file.git_tracked) == (True, 0o600, False)
    assert not any(other.secret for path, other in project.files.items() if path != ".env.local")


def test_the_template_has_every_variable_of_the_real_file(project: Project) -> None:
    def variables(path: str) -> list[str]:
        lines = project.text(path).splitlines()
        return [line.split("=")[0] for line in lines if line and not line.startswith("#")]

    assert variables(".env.local") == variables(".env.local.template")
    assert "AZURITE_ACCOUNT_KEY=\n" in project.text(".env.local.template")


def test_the_template_offers_every_port_and_sets_none(project: Project) -> None:
    for path in (".env.local", ".env.local.template"):
        lines = project.text(path).splitlines()
        for app in project.spec.function_apps:
            assert f"# {host_port_variable(app.name)}={app.port}" in lines
        assert "# AZURITE_BLOB_PORT=10000" in lines
        assert not [line for line in lines if "_PORT=" in line and not line.startswith("# ")]
