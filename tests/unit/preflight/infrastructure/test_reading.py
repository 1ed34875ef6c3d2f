from __future__ import annotations

import json
import os
from pathlib import Path

from tests.unit.preflight.infrastructure.reading import deployments, resource

from funcyard.preflight.infrastructure.reading import Infrastructure

ENVIRONMENT = """
param name string
param most int = 3
resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: name
  properties: { most: most }
}
output id string = environment.id
"""
APP = """
param environmentId string
resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: 'app'
  properties: { environmentId: environmentId }
}
"""
MAIN = """
param stage string = 'dev'
var suffix = uniqueString(resourceGroup().id)
module environment 'modules/environment.bicep' = {
  name: 'environment'
  params: { name: 'cae-${stage}-${suffix}', most: stage == 'prod' ? 5 : 1 }
}
module app './modules/app.bicep' = {
  name: 'app'
  params: { environmentId: environment.outputs.id }
}
"""
FILES = {
    "infra/main.bicep": MAIN,
    "infra/modules/environment.bicep": ENVIRONMENT,
    "infra/modules/app.bicep": APP,
}


def _most(tmp_path: Path, files: dict[str, str]) -> dict[str, str]:
    found = {}
    for deployment in deployments(tmp_path, files):
        for environment in deployment.of_type("Microsoft.App/managedEnvironments"):
            most = environment.body.get("properties", "most")
            found[deployment.parameters] = most.text if most else ""
    return found


def _values(**values: object) -> str:
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
    parameters = {name: {"value": value} for name, value in values.items()}
    return json.dumps({"$schema": schema, "parameters": parameters})


def test_modules_are_read_with_what_they_are_given_and_not_by_themselves(tmp_path: Path) -> None:
    (deployment,) = deployments(tmp_path, FILES)
    environment, app = deployment.resources
    assert deployment.template == "infra/main.bicep"
    most = environment.body.get("properties", "most")
    assert most is not None
    assert (most.data, most.file, most.line) == (1, "infra/main.bicep", 6)
    linked = app.body.get("properties", "environmentId")
    assert linked is not None
    assert linked.text == f"{{{environment.id}}}"


def test_each_file_of_parameters_is_a_deployment(tmp_path: Path) -> None:
    files = {
        **FILES,
        "infra/prod.bicepparam": "using './main.bicep'\nvar s = 'prod'\nparam stage = s\n",
        "infra/main.dev.parameters.json": _values(stage="dev"),
        "infra/parameters/test.json": _values(stage="test"),
    }
    assert _most(tmp_path, files) == {
        "infra/main.dev.parameters.json": "1",
        "infra/parameters/test.json": "1",
        "infra/prod.bicepparam": "5",
    }


def test_a_file_of_parameters_that_fits_no_template_or_two_is_left_out(tmp_path: Path) -> None:
    two = {**FILES, "infra/other.bicep": "param stage string\n"}
    assert _most(tmp_path, {**two, "infra/prod.json": _values(stage="prod")}) == {"": "1"}
    assert _most(tmp_path, {**FILES, "infra/x.json": _values(stage="a", other=1)}) == {"": "1"}


def test_a_variable_of_the_developer_cli_is_unknown(tmp_path: Path) -> None:
    files = {**FILES, "infra/main.parameters.json": _values(stage="${AZURE_ENV_NAME}")}
    told = _most(tmp_path, files)["infra/main.parameters.json"]
    assert told.startswith("{")


def test_modules_of_a_registry_and_missing_ones_are_unknown(tmp_path: Path) -> None:
    text = """
    module far 'br/public:avm/res/storage/storage-account:0.8.0' = { name: 'far' }
    module gone 'gone.bicep' = { name: 'gone' }
    resource app 'Microsoft.App/containerApps@2024-03-01' = {
      name: 'app'
      properties: { environmentId: far.outputs.resourceId, other: gone.outputs.x }
    }
    """
    app = resource(tmp_path, {"main.bicep": text})
    for name in ("environmentId", "other"):
        value = app.body.get("properties", name)
        assert value is not None
        assert not value.known


def test_modules_in_a_circle_end(tmp_path: Path) -> None:
    inner = "module again 'inner.bicep' = { name: 'x' }\n" + APP
    outer = "module inner 'inner.bicep' = { name: 'y', params: { environmentId: 'e' } }\n"
    (deployment,) = deployments(tmp_path, {"main.bicep": outer, "inner.bicep": inner})
    assert {found.name.text for found in deployment.resources} == {"app"}


def test_a_module_that_a_condition_leaves_out_is_left_out(tmp_path: Path) -> None:
    text = MAIN.replace(
        "'modules/environment.bicep' =", "'modules/environment.bicep' = if (stage == 'prod')"
    )
    (deployment,) = deployments(tmp_path, {**FILES, "infra/main.bicep": text})
    assert [found.name.text for found in deployment.resources] == ["app"]


def test_what_is_only_looked_up_is_not_deployed(tmp_path: Path) -> None:
    text = (
        "resource old 'Microsoft.App/managedEnvironments@2024-03-01' existing = { name: 'old' }\n"
    )
    found = resource(tmp_path, {"main.bicep": text})
    assert found.existing
    (deployment,) = deployments(tmp_path, {"main.bicep": text})
    assert list(deployment.of_type("Microsoft.App/managedEnvironments")) == []


def test_a_pipe_and_a_link_to_nothing_are_passed_over(tmp_path: Path) -> None:
    for name in ("main.bicep", "a.json", "b.bicepparam"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "gone.bicep").symlink_to("nowhere")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert Infrastructure(tmp_path, names).deployments == ()


def test_other_templates_are_not_even_parsed(tmp_path: Path) -> None:
    assert deployments(tmp_path, {"main.bicep": "resource x 'Microsoft.Storage/y@1' = {}"}) == ()
    assert deployments(tmp_path, {"host.json": "{}", "a.json": "not json"}) == ()
