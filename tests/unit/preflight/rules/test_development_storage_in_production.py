from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.development_storage_in_production import RULE

SHORT = "UseDevelopmentStorage=true"
BICEP = f"""\
resource app 'Microsoft.Web/sites@2023-12-01' = {{
  properties: {{ siteConfig: {{ appSettings: [
    {{
      name: 'AzureWebJobsStorage'
      value: '{SHORT}'
    }}
    // {SHORT}
    {{ name: 'A', value: 'b' }}
    {{ name: 'C', value: 'd' }}
    {{ name: 'UPLOADS', value: 'http://127.0.0.1:10000/devstoreaccount1' }}
  ] }} }}
}}
"""


def test_the_hosts_own_storage_is_an_error_and_another_a_warning(tmp_path: Path) -> None:
    first, second = found(RULE, facts(tmp_path, {"infra/main.bicep": BICEP}))

    assert (first.file, first.line, first.severity) == ("infra/main.bicep", 5, Severity.ERROR)
    assert first.evidence == f"value: '{SHORT}'"
    assert (second.line, second.severity) == (10, Severity.WARNING)


@pytest.mark.parametrize(
    "text",
    [
        f"[\n  {{ name: 'AzureWebJobsStorage', value: a }}\n  {{ name: 'X', value: '{SHORT}' }}\n]",
        f"{{\n  name: 'AzureWebJobsStorage'\n}}\n{{\n  value: '{SHORT}'\n  name: 'X'\n}}",
        f"  AzureWebJobsStorage: connection\n  X: '{SHORT}'\n",
        f"AzureWebJobsStorage: connection\nX: >-\n  {SHORT}\n",
        f"param AzureWebJobsStorage = 'sound'\nparam X = '{SHORT}'\n",
    ],
)
def test_a_setting_beside_the_hosts_own_is_itself(tmp_path: Path, text: str) -> None:
    (finding,) = found(RULE, facts(tmp_path, {"main.bicep": text}))

    assert finding.severity is Severity.WARNING
    assert finding.message.startswith("X names the storage emulator")


@pytest.mark.parametrize(
    "text",
    [
        f"{{\n  value: '{SHORT}'\n  name: 'AzureWebJobsStorage'\n}}",
        f"{{\n  name: 'AzureWebJobsStorage'\n\n  // why\n  // not\n  value: '{SHORT}'\n}}",
        f'{{"name": "AzureWebJobsStorage", "value": "{SHORT}"}}',
        f'"azureWebJobsStorage": {{\n  "value": "{SHORT}"\n}}',
        f"- name: AzureWebJobsStorage\n  value: {SHORT}\n",
        f"AzureWebJobsStorage: >-\n  {SHORT}\n",
    ],
)
def test_the_hosts_own_is_known_however_it_is_written(tmp_path: Path, text: str) -> None:
    (finding,) = found(RULE, facts(tmp_path, {"main.bicep": text}))

    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    "name",
    [
        "main.prod.bicepparam",
        ".env.production",
        "docker-compose.prod.yml",
        "infra/app.tf",
        "compose.production.yaml",
    ],
)
def test_files_of_production_are_told_by_their_names(tmp_path: Path, name: str) -> None:
    (finding,) = found(RULE, facts(tmp_path, {name: f"AzureWebJobsStorage={SHORT}\n"}))

    assert (finding.file, finding.severity) == (name, Severity.ERROR)


def test_a_template_is_told_by_its_schema(tmp_path: Path) -> None:
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    text = f'{{"$schema": "{schema}",\n "AzureWebJobsStorage": "{SHORT}"}}\n'

    assert (
        len(found(RULE, facts(tmp_path, {"azuredeploy.json": text, "other.json": text[90:]}))) == 1
    )


def test_an_image_that_sets_it_is_told_without_its_key(tmp_path: Path) -> None:
    value = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=abc;"
    text = f'FROM base\nENV A=1 \\\n    AzureWebJobsStorage="{value}"\n'
    target = {"dockerfile": tmp_path / "Dockerfile"}

    (finding,) = found(RULE, facts(tmp_path, {"Dockerfile": text}, target=target))

    assert (finding.file, finding.line, finding.severity) == ("Dockerfile", 3, Severity.ERROR)
    assert "AccountKey=…" in finding.evidence


@pytest.mark.parametrize(
    "name",
    [
        "local.settings.json",
        ".env.local",
        ".env",
        "infra/main.dev.bicepparam",
        "environments/dev/main.bicep",
        "tests/main.bicep",
        "docker-compose.yml",
        "docker-compose.dev.yml",
        ".github/workflows/ci.yml",
        "README.md",
        "Dockerfile.md",
    ],
)
def test_elsewhere_it_may_stand(tmp_path: Path, name: str) -> None:
    assert found(RULE, facts(tmp_path, {name: f"AzureWebJobsStorage={SHORT}\n"})) == []
