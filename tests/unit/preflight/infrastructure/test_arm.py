from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.infrastructure.reading import deployments, resource
from tests.unit.preflight.infrastructure.templates import arm as template

from funcyard.preflight.infrastructure.arm import read_arm


def app(**properties: object) -> dict[str, object]:
    return {
        "type": "Microsoft.App/containerApps",
        "apiVersion": "2024-03-01",
        "name": "a",
        "properties": properties,
    }


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("plain", "plain"),
        ("[[not an expression]", "[not an expression]"),
        ("[parameters('P')]", "p"),
        ("[variables('v').deep[1]]", "2"),
        ("[concat('a''b', parameters('p'), string(3))]", "a'bp3"),
        ("[format('{0}-{1}', parameters('p'), 7)]", "p-7"),
        ("[if(equals(parameters('p'), 'p'), 'yes', 'no')]", "yes"),
        ("[if(and(true(), not(false())), min(3, 2), 0)]", "2"),
        ("[createObject('k', createArray(1, 2)).k[1]]", "2"),
        ("[map(createArray(1, 2), lambda('n', add(lambdaVariables('n'), 1)))]", "[2,3]"),
    ],
)
def test_expressions_are_evaluated(tmp_path: Path, expression: str, told: str) -> None:
    text = template(
        app(it=expression),
        parameters={"p": {"type": "string", "defaultValue": "p"}},
        variables={"v": {"deep": [1, 2]}},
    )
    found = resource(tmp_path, {"azuredeploy.json": text}).body.get("properties", "it")
    assert found is not None
    assert found.text == told


@pytest.mark.parametrize(
    "expression",
    ["[resourceGroup().location]", "[parameters('q')]", "[reference('x').y]", "[broken(", "[f)]"],
)
def test_what_cannot_be_told_stays_unknown(tmp_path: Path, expression: str) -> None:
    text = template(app(it=expression), parameters={"q": {"type": "string"}})
    found = resource(tmp_path, {"azuredeploy.json": text}).body.get("properties", "it")
    assert found is not None
    assert found.known == (not expression.endswith("]"))


@pytest.mark.parametrize(
    "expression", ["[concat(parameters('q'), '/api:1')]", "[format('{0}/api:1', parameters('q'))]"]
)
def test_what_is_known_of_a_text_is_told(tmp_path: Path, expression: str) -> None:
    text = template(app(it=expression), parameters={"q": {"type": "string"}})
    found = resource(tmp_path, {"azuredeploy.json": text}).body.get("properties", "it")
    assert found is not None
    assert not found.known
    assert found.text == "{q of azuredeploy.json}/api:1"


def test_a_property_tells_its_line(tmp_path: Path) -> None:
    text = template(app(first=1, second="[parameters('n')]"), parameters={"n": {"defaultValue": 5}})
    properties = resource(tmp_path, {"azuredeploy.json": text}).body.get("properties")
    assert properties is not None
    first, second = properties.get("first"), properties.get("second")
    assert first is not None
    assert second is not None
    lines = text.splitlines()
    assert '"first"' in lines[first.line - 1]
    assert '"defaultValue": 5' in lines[second.line - 1]


def test_conditions_and_copies_leave_out(tmp_path: Path) -> None:
    copied = {**app(), "copy": {"name": "c", "count": 2}}
    never = {**app(), "name": "never", "condition": False}
    maybe = {**app(), "name": "maybe", "condition": "[parameters('x')]"}
    text = template(copied, never, maybe, parameters={"x": {"type": "bool"}})
    (deployment,) = deployments(tmp_path, {"azuredeploy.json": text})
    assert [found.name.text for found in deployment.resources] == ["maybe"]


def test_templates_inside_are_read_with_their_own_parameters_and_outputs(tmp_path: Path) -> None:
    environment = {
        "type": "Microsoft.App/managedEnvironments",
        "name": "[parameters('name')]",
        "properties": {},
    }
    nested = {
        "type": "Microsoft.Resources/deployments",
        "name": "env",
        "properties": {
            "expressionEvaluationOptions": {"scope": "inner"},
            "parameters": {"name": {"value": "cae"}},
            "template": {
                "parameters": {"name": {"type": "string"}},
                "resources": [environment],
                "outputs": {
                    "id": {
                        "value": "[resourceId('Microsoft.App/managedEnvironments',"
                        " parameters('name'))]"
                    }
                },
            },
        },
    }
    used = "[reference(resourceId('Microsoft.Resources/deployments', 'env')).outputs.id.value]"
    text = template(nested, app(environmentId=used))
    (deployment,) = deployments(tmp_path, {"azuredeploy.json": text})
    found, container_app = deployment.resources
    assert found.name.text == "cae"
    linked = container_app.body.get("properties", "environmentId")
    assert linked is not None
    assert linked.text == f"{{{found.id}}}"


def test_a_template_that_is_no_json_has_a_fault_and_no_resource(tmp_path: Path) -> None:
    broken = template(app())[:-30]
    assert [fault.line for fault in read_arm(broken, "a.json").faults] == [broken.count("\n") + 1]
    (deployment,) = deployments(tmp_path, {"azuredeploy.json": broken})
    assert deployment.resources == ()


def test_comments_are_accepted(tmp_path: Path) -> None:
    text = template(app(it=1)).replace('"resources"', '/* all\nof */ "resources"') + "// end"
    assert resource(tmp_path, {"azuredeploy.json": text}).name.text == "a"
