"""How an app is shipped, told from what builds its image."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.preflight.checking import check, write_app

HOST = "mcr.microsoft.com/azure-functions/python"
BICEP = """\
resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'api'
  properties: {
    configuration: { ingress: { targetPort: 8080 } }
    template: { containers: [ { name: 'api', image: 'team.azurecr.io/api:3f2c1ab' } ] }
  }
}
"""
IN_ROOT = f"FROM {HOST}:3-python3.9\nCOPY src/ /home/site/wwwroot/\n"
BESIDE = f"FROM {HOST}:4-python3.11\nCOPY api/ /home/site/wwwroot/\n"
COMPOSE = "services:\n  api:\n    build: {context: ., dockerfile: NAME}\n"
WORKFLOW = "jobs:\n  image:\n    steps:\n      - run: docker build -f api/Dockerfile .\n"


@pytest.mark.parametrize(
    ("dockerfile", "compose"),
    [("Dockerfile", ""), ("docker/Dockerfile.api", COMPOSE), ("docker/Dockerfile.api", "")],
)
def test_a_dockerfile_away_from_the_app_is_held_against_the_template(
    tmp_path: Path, apps_python: Path, dockerfile: str, compose: str
) -> None:
    write_app(tmp_path / "src")
    (tmp_path / "docker").mkdir()
    (tmp_path / dockerfile).write_text(IN_ROOT)
    (tmp_path / "main.bicep").write_text(BICEP)
    if compose:
        (tmp_path / "docker-compose.yml").write_text(compose.replace("NAME", dockerfile))

    done = check(tmp_path, "--json", "--python", apps_python)

    told = {finding["rule"]: finding["file"] for finding in done.document["findings"]}
    assert done.rules[0] == "port-mismatch"
    assert told == {"port-mismatch": "main.bicep", "base-image-ended": dockerfile}


@pytest.mark.parametrize(
    "files",
    [
        {"compose.yml": COMPOSE.replace("NAME", "api/Dockerfile")},
        {".github/workflows/image.yml": WORKFLOW},
        {},
    ],
    ids=["compose", "workflow", "nothing"],
)
@pytest.mark.parametrize("checked", [".", "api"])
def test_an_image_built_from_the_repositorys_root_lacks_nothing(
    tmp_path: Path, apps_python: Path, files: dict[str, str], checked: str
) -> None:
    write_app(tmp_path / "api", Dockerfile=BESIDE)
    (tmp_path / ".git").mkdir()
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    done = check(tmp_path / checked, "--python", apps_python)

    assert done.output == "1 app, 1 function found: nothing to mend\n"
