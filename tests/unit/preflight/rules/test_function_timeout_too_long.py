"""A time limit in host.json or in a setting, against the plan that a template puts the app on."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found
from tests.unit.preflight.infrastructure.templates import arm

from funcyard.preflight.facts import Facts
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.function_timeout_too_long import RULE

PLAN = """\
param tier string = 'Y1'
resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'asp'
  sku: { name: tier }
}
"""
SITE = """\
resource fx 'Microsoft.Web/sites@2024-04-01' = {
  name: 'orders'
  kind: 'functionapp,linux'
  properties: {
    serverFarmId: plan.id
    siteConfig: {
      linuxFxVersion: 'Python|3.11'
      appSettings: [
        SETTING
      ]
    }
  }
}
"""
HOUR = '"functionTimeout": "01:00:00"'


def given(
    root: Path, limit: str = HOUR, *, plan: str = PLAN, setting: str = "", **more: str
) -> Facts:
    """Facts of an app with a limit in its host.json, and of a template that deploys it."""
    host = f'{{\n  "version": "2.0",\n  {limit}\n}}' if limit else '{"version": "2.0"}'
    text = plan + SITE.replace("SETTING", setting)
    return facts(root, {"host.json": host, "infra/main.bicep": text, **more})


def test_an_hour_on_the_consumption_plan_is_an_error_at_host_json(tmp_path: Path) -> None:
    (finding,) = found(RULE, given(tmp_path))

    assert (finding.file, finding.line, finding.severity) == ("host.json", 3, Severity.ERROR)
    assert finding.message == (
        "api sets 01:00:00 as functionTimeout, and orders runs on the Consumption plan asp, where"
        " 10 minutes are the most: its host does not start"
    )
    assert finding.evidence == f"{HOUR}\ninfra/main.bicep:4: sku: {{ name: tier }}"


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ('"functionTimeout": "-1"', True),
        ('"functionTimeout": -1', True),
        ('"FunctionTimeout": "00:10:01"', True),
        ('"functionTimeout": "1.00:00:00"', True),
        ('"functionTimeout": "00:10:00"', False),
        ('"functionTimeout": "00:00:30"', False),
        ('"functionTimeout": null', False),
        ('"functionTimeout": "an hour"', False),
        ("", False),
    ],
)
def test_ten_minutes_are_the_most(tmp_path: Path, limit: str, *, told: bool) -> None:
    assert bool(found(RULE, given(tmp_path, limit))) is told


@pytest.mark.parametrize(
    ("sku", "told"),
    [
        ("{ name: 'Y1', tier: 'Dynamic' }", True),
        ("{ tier: 'Dynamic' }", True),
        ("{ name: 'FC1', tier: 'FlexConsumption' }", False),
        ("{ name: 'EP1', tier: 'ElasticPremium' }", False),
        ("{ name: 'B1' }", False),
        ("{ name: resourceGroup().tags.sku }", False),
    ],
)
def test_only_the_consumption_plan_has_a_limit(tmp_path: Path, sku: str, *, told: bool) -> None:
    plan = PLAN.replace("{ name: tier }", sku)

    assert bool(found(RULE, given(tmp_path, plan=plan))) is told


@pytest.mark.parametrize(
    "plan",
    [
        PLAN.replace("= {\n  name", "existing = {\n  name"),
        PLAN.replace("resource plan", "resource another"),
    ],
    ids=["looked up", "of something else"],
)
def test_a_plan_that_is_not_told_allows_anything(tmp_path: Path, plan: str) -> None:
    assert found(RULE, given(tmp_path, plan=plan)) == []


def test_of_several_parameters_those_are_named_that_choose_the_plan(tmp_path: Path) -> None:
    using = "using 'main.bicep'\nparam tier = '{}'\n"
    parameters = {
        "infra/dev.bicepparam": using.format("Y1"),
        "infra/prod.bicepparam": using.format("EP1"),
    }

    (finding,) = found(RULE, given(tmp_path, **parameters))

    assert finding.message.endswith("(with infra/dev.bicepparam)")


@pytest.mark.parametrize(
    ("limit", "setting", "place"),
    [
        (HOUR, "'00:05:00'", ""),
        ("", "'02:00:00'", "infra/main.bicep"),
        (HOUR, "resourceGroup().tags.limit", ""),
    ],
)
def test_a_setting_counts_instead_of_host_json(
    tmp_path: Path, limit: str, setting: str, place: str
) -> None:
    text = f"{{ name: 'AzureFunctionsJobHost__functionTimeout', value: {setting} }}"

    told = found(RULE, given(tmp_path, limit, setting=text))

    assert [finding.file for finding in told] == [place] * bool(place)


def test_a_setting_that_may_be_there_counts_too(tmp_path: Path) -> None:
    text = "{ name: resourceGroup().tags.name, value: '00:05:00' }"

    assert found(RULE, given(tmp_path, setting=text)) == []


def test_of_an_arm_template_and_of_the_registrys_modules_the_plan_is_known_too(
    tmp_path: Path,
) -> None:
    plan = {"type": "Microsoft.Web/serverfarms", "name": "p", "sku": {"name": "Y1"}}
    site = {
        "type": "Microsoft.Web/sites",
        "name": "orders",
        "kind": "functionapp,linux",
        "properties": {"serverFarmId": "[resourceId('Microsoft.Web/serverfarms', 'p')]"},
    }
    modules = """
    module plan 'br/public:avm/res/web/serverfarm:0.5.0' = {
      name: 'p', params: { name: 'p', skuName: 'Y1' }
    }
    module site 'br/public:avm/res/web/site:0.16.0' = {
      name: 's'
      params: {
        name: 'orders', kind: 'functionapp,linux', serverFarmResourceId: plan.outputs.resourceId
      }
    }
    """
    host = f'{{"version": "2.0", {HOUR}}}'
    for number, files in enumerate(({"a.json": arm(plan, site)}, {"main.bicep": modules})):
        root = tmp_path / str(number)
        assert len(found(RULE, facts(root, {"host.json": host, **files}))) == 1


def test_which_app_is_meant_has_to_be_certain(tmp_path: Path) -> None:
    text = PLAN + SITE + SITE.replace("fx", "second").replace("orders", "billing")
    files = {"host.json": f"{{{HOUR}}}", "main.bicep": text.replace("SETTING", "")}

    assert found(RULE, facts(tmp_path, files)) == []
