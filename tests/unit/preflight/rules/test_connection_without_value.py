from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found
from tests.unit.preflight.rules.bound import survey_of

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.connection_without_value import RULE

BUS = {"type": "serviceBusTrigger", "queueName": "orders", "connection": "Orders"}
BLOB = {"type": "blobTrigger", "path": "in/{name}", "connection": "Files"}
OWN = {"type": "queueTrigger", "queueName": "a", "connection": "AzureWebJobsStorage"}


def local(**values: str) -> dict[str, str]:
    return {"local.settings.json": json.dumps({"Values": values})}


def test_a_trigger_without_its_connection_is_an_error(tmp_path: Path) -> None:
    given = facts(tmp_path, local(), survey=survey_of(work=BUS))

    (finding,) = found(RULE, given)

    assert (finding.file, finding.line, finding.severity) == (
        "function_app.py",
        10,
        Severity.ERROR,
    )
    assert finding.message == "work does not run: the setting Orders has no value"
    assert finding.next == (
        "add Orders, or Orders__fullyQualifiedNamespace for an identity, to its settings"
    )


def test_another_binding_without_its_connection_is_a_warning(tmp_path: Path) -> None:
    output = {"type": "serviceBus", "queueName": "orders", "connection": "Orders"}

    (finding,) = found(RULE, facts(tmp_path, local(), survey=survey_of(work=output)))

    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    "settings",
    [
        {"Orders": "Endpoint=sb://x/"},
        {"AzureWebJobsOrders": "Endpoint=sb://x/"},
        {"Orders__fullyQualifiedNamespace": "x.servicebus.windows.net"},
    ],
)
def test_a_connection_string_or_an_identity_will_do(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    target = {"settings": settings}

    assert found(RULE, facts(tmp_path, local(), survey=survey_of(work=BUS), target=target)) == []


def test_who_connects_is_not_enough(tmp_path: Path) -> None:
    target = {"settings": {"Orders__credential": "managedidentity"}}

    (finding,) = found(RULE, facts(tmp_path, {}, survey=survey_of(work=BUS), target=target))

    assert "Orders__… tell who connects, and not to which service" in finding.message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("infra/main.bicep", "{ name: 'Orders__fullyQualifiedNamespace', value: x }"),
        ("infra/app.tf", 'app_settings = { "Orders" = var.bus }'),
        ("deploy.sh", "az functionapp config appsettings set --settings Orders=$BUS"),
        ("docker-compose.prod.yml", "      Orders: ${BUS}"),
    ],
)
def test_what_gives_it_in_azure_will_do_too(tmp_path: Path, name: str, text: str) -> None:
    given = facts(tmp_path, {**local(), name: text}, survey=survey_of(work=BUS))

    assert found(RULE, given) == []


def test_that_a_text_or_another_name_mentions_it_is_not_enough(tmp_path: Path) -> None:
    files = {
        **local(),
        "README.md": "Set `Orders`.",
        "function_app.py": "connection='Orders'",
        "host.json": '{"x": "Orders"}',
        "main.bicep": "name: 'PastOrders'",
    }

    assert len(found(RULE, facts(tmp_path, files, survey=survey_of(work=BUS)))) == 1


def test_where_nothing_tells_the_settings_production_is_told_once_what_to_provide(
    tmp_path: Path,
) -> None:
    survey = survey_of(work=BUS, more=BUS, own=OWN, read=BLOB)

    (finding,) = found(RULE, facts(tmp_path, {}, survey=survey))

    assert finding.severity is Severity.WARNING
    assert finding.message == "api needs connections that nothing here gives: Orders, Files"
    assert finding.evidence == "work, more, read"


def test_the_hosts_own_storage_is_provided_in_a_project_only(tmp_path: Path) -> None:
    timer = {"type": "timerTrigger", "schedule": "0 * * * * *"}
    survey = survey_of(own=OWN, tidy=timer)

    assert found(RULE, facts(tmp_path, {"funcyard.yaml": ""}, survey=survey)) == []

    (tmp_path / "funcyard.yaml").unlink()
    told = found(RULE, facts(tmp_path, local(), survey=survey))
    assert [finding.line for finding in told] == [10, 11]


def test_a_connection_string_in_the_place_of_a_name_is_not_repeated(tmp_path: Path) -> None:
    secret = "Endpoint=sb://x/;SharedAccessKeyName=a;SharedAccessKey=hush"  # noqa: S105 - no secret
    trigger = {**BUS, "connection": secret}

    (finding,) = found(RULE, facts(tmp_path, {}, survey=survey_of(work=trigger)))

    assert finding.severity is Severity.ERROR
    assert "hush" not in str(finding)


def test_a_blob_trigger_by_identity_needs_queues_for_what_fails(tmp_path: Path) -> None:
    target = {"settings": {"Files__blobServiceUri": "https://x.blob.core.windows.net"}}

    (finding,) = found(RULE, facts(tmp_path, {}, survey=survey_of(read=BLOB), target=target))

    assert finding.severity is Severity.WARNING
    assert finding.next == "add Files__queueServiceUri to its settings"
