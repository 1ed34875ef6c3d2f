"""``funcyard check --image`` on the archives of images, by the real command."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.preflight.checking import GOOD, Checked, check
from tests.unit.preflight.given import write
from tests.unit.preflight.image.archives import ROOT, docker, oci

APP = {
    "api/host.json": '{"version": "2.0"}\n',
    "api/function_app.py": GOOD,
    "api/Dockerfile": f"FROM mcr.microsoft.com/azure-functions/python:4-python3.11\n"
    f"COPY . /{ROOT}\n",
    "api/.dockerignore": "Dockerfile\n.dockerignore\nrequirements.txt\n",
    "api/requirements.txt": "azure-functions==1.24.0\n",
}
IMAGE = {
    f"{ROOT}/{name.removeprefix('api/')}": APP[name].encode()
    for name in ("api/host.json", "api/function_app.py")
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one app."""
    return write(tmp_path / "project", APP)


def _check(project: Path, python: Path, *arguments: str) -> Checked:
    return check(project, "--json", "--only", "image", "--python", python, *arguments)


def test_the_image_of_these_sources_passes(project: Path, apps_python: Path) -> None:
    archive = oci(project.parent / "api.tar", [IMAGE])
    done = _check(project, apps_python, "--image", str(archive))
    assert (done.status, done.document["findings"]) == (0, []), done.errors


def test_the_image_of_older_sources_fails(project: Path, apps_python: Path) -> None:
    old = {**IMAGE, f"{ROOT}/function_app.py": b"app = None\n"}
    archive = docker(project.parent / "api.tar", [old])
    done = _check(project, apps_python, "--image", f"api={archive}")
    (finding,) = done.document["findings"]
    assert done.status == 1
    assert (finding["rule"], finding["file"]) == ("image-content-differs", "api/function_app.py")


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("api=missing.tar", "bad-image-archive"),
        ("other=api/host.json", "bad-image-option"),
        ("api/host.json", "bad-image-archive"),
        ("api=", "bad-path"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(
    project: Path, apps_python: Path, option: str, code: str
) -> None:
    done = _check(project, apps_python, "--image", option)
    assert done.status == 2
    assert done.errors.startswith(f"error[{code}]: ")


def test_of_several_apps_the_one_is_named(project: Path, apps_python: Path) -> None:
    write(project, {name.replace("api/", "web/"): text for name, text in APP.items()})
    archive = docker(project.parent / "api.tar", [IMAGE])
    unnamed = _check(project, apps_python, "--image", str(archive))
    assert unnamed.status == 2
    assert "of which one" in unnamed.errors
    both = ("--image", f"api={archive}", "--image", f"web={archive}")
    assert _check(project, apps_python, *both).document["findings"] == []
    twice = ("--image", f"api={archive}", "--image", f"api={archive}")
    assert "given twice" in _check(project, apps_python, *twice).errors


def test_the_port_of_seed_004_is_the_first_finding(project: Path, apps_python: Path) -> None:
    template = """\
resource api 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'orchestrator'
  properties: {
    configuration: {
      ingress: {
        external: true
        targetPort: 8080
      }
    }
    template: {
      containers: [
        { name: 'api', image: 'registry.azurecr.io/haymaker/api:3f2c1ab' }
      ]
    }
  }
}
"""
    write(project, {"infra/main.bicep": template})
    done = check(project, "--json", "--ignore", "workstation", "--python", apps_python)
    first = done.document["findings"][0]
    assert (first["rule"], first["file"], first["line"]) == (
        "port-mismatch",
        "infra/main.bicep",
        7,
    )
    assert first["next"] == "targetPort: 80"
    (project / "infra" / "main.bicep").write_text(template.replace("8080", "80"))
    done = check(project, "--json", "--ignore", "workstation", "--python", apps_python)
    assert done.document["findings"] == []
