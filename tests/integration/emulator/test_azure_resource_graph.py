"""Resource Graph of the local Azure, through Microsoft's own client: what queries find."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.resourcegraph import ResourceGraphClient
from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions
from tests import local_azure
from tests.local_azure import MANAGER, OTHER_SUBSCRIPTION, SUBSCRIPTION, LocalAzure

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import ClientSecret, credential
from funcyard.azure.manager import Manager
from funcyard.azure.resource_graph import query_resources, text

_ACCOUNT_CONTRIBUTOR = "17d1049b-9a84-46fb-8f53-869881c3d3ab"
_READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
_RUN = "11111111-2222-3333-4444-555555555555"
_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
_IDENTITY = "microsoft.managedidentity/userassignedidentities"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    groups = service.resources().resource_groups
    groups.create_or_update("Of-Run", {"location": "westus", "tags": {"RunId": _RUN}})
    groups.create_or_update("other", {"location": "westus"})
    identities = service.client(ManagedServiceIdentityClient).user_assigned_identities
    for group, name, tags in (
        ("Of-Run", "one", {"RunId": _RUN, "Run-managed": "true"}),
        ("Of-Run", "two", {"RunId": _RUN, "Run-managed": "false"}),
        ("other", "three", {"RunId": "another's"}),
        ("other", "four", {}),
    ):
        identities.create_or_update(group, name, {"location": "West US", "tags": tags})
    yield service
    service.end()


@pytest.fixture
async def manager(azure: LocalAzure) -> AsyncIterator[Manager]:
    given = azure.settings
    who = ClientSecret(
        given["AZURE_TENANT_ID"], given["AZURE_CLIENT_ID"], given["AZURE_CLIENT_SECRET"]
    )
    cloud = cloud_of(given)
    async with credential(who, cloud) as token, Manager(token, cloud) as client:
        yield client


def _client(azure: LocalAzure) -> ResourceGraphClient:
    return ResourceGraphClient(
        azure.credential(),
        base_url=azure.url,
        connection_verify=azure.ca,
        credential_scopes=[f"{MANAGER}/.default"],
    )


def _asked(azure: LocalAzure, query: str, **options: Any) -> Any:  # noqa: ANN401 - the client's
    request = QueryRequest(
        subscriptions=[SUBSCRIPTION], query=query, options=QueryRequestOptions(**options)
    )
    return _client(azure).resources(request)


def _names(azure: LocalAzure, query: str) -> list[str]:
    return [row["name"] for row in _asked(azure, query).data]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"Resources | where tags['RunId'] == '{_RUN}'", ["one", "two"]),
        (f"where tags.RunId == '{_RUN}' and tags['Run-managed'] =~ 'TRUE'", ["one"]),
        ("resources | where tags['RunId'] != '' | order by name asc", ["one", "three", "two"]),
        ("resources | where isempty(tags['RunId'])", ["four"]),
        ("resources | where name in ('one', 'four') | sort by name", ["one", "four"]),
        ("resources | where name !in~ ('ONE', 'TWO', 'three')", ["four"]),
        (
            f"resources | where type =~ '{_IDENTITY.upper()}' and name startswith 'T'",
            ["three", "two"],
        ),
        (f"resources | where type == '{_IDENTITY}' and not(name contains 'o')", ["three"]),
        ("resources | where (name == 'one' or name == 'two') and name endswith 'e'", ["one"]),
        ("resources | where resourceGroup == 'of-run' | where name !contains 'w'", ["one"]),
        (
            "resources | where isnotempty(properties.clientId) | order by name asc | take 2",
            ["four", "one"],
        ),
        ("resources | where tolower(tostring(tags.RunId)) == 'another\\'s' // whose", ["three"]),
        ("resources | where name == 'ONE'", []),
        (f"ResourceContainers | where tags['RunId'] == '{_RUN}'", ["Of-Run"]),
        ("ResourceContainers | order by name desc", ["other", "Of-Run"]),
        (f"ResourceContainers | where name == 'other' and type =~ '{_GROUPS}'", ["other"]),
    ],
)
def test_a_query_finds_what_its_conditions_say(
    azure: LocalAzure, query: str, expected: list[str]
) -> None:
    found = _names(azure, query)

    assert (found if " by " in query else sorted(found)) == expected


def test_columns_are_spelled_as_resource_graph_spells_them(azure: LocalAzure) -> None:
    (row,) = _asked(azure, "resources | where name == 'one'").data
    (chosen,) = _asked(
        azure, "resources | where name == 'one' | project id, run=tags['RunId']"
    ).data

    assert row["type"] == _IDENTITY
    assert (row["location"], row["resourceGroup"]) == ("westus", "of-run")
    assert row["subscriptionId"] == SUBSCRIPTION
    assert chosen == {"id": row["id"], "run": _RUN}


def test_a_page_that_is_cut_off_is_gone_on_with_only_where_rows_have_ids(
    azure: LocalAzure,
) -> None:
    query = "resources | order by name asc | project id, name"
    first = _asked(azure, query, top=3)
    rest = _asked(azure, query, top=3, skip_token=first.skip_token)
    without = _asked(azure, "resources | project name", top=3)

    assert (first.total_records, first.count, first.result_truncated) == (4, 3, "false")
    assert [row["name"] for row in [*first.data, *rest.data]] == ["four", "one", "three", "two"]
    assert rest.skip_token is None
    assert (without.skip_token, without.result_truncated) == (None, "true")


def test_rows_are_counted(azure: LocalAzure) -> None:
    assert _asked(azure, "resources | count").data == [{"Count": 4}]


@pytest.mark.parametrize(
    "query",
    [
        "resources | summarize count() by type",
        "resources | join (resources) on id",
        "resources | where",
        "resources | where name ==",
        "resources | where nothing == 'x'",
        "resources | where split(id, '/')[1] == 'x'",
        "resources | where name in (1)",
        "resources | take many",
        "resources | take 99999999999999999999",
        "resources | where " + "(" * 9999,
        "resources where name == 'one'",
        "resources | where name == 'one' }",
        "advisorresources",
        "",
        "resources | project name as x",
    ],
)
def test_a_query_that_is_not_understood_whole_is_refused(azure: LocalAzure, query: str) -> None:
    with pytest.raises(HttpResponseError) as refusal:
        _asked(azure, query)

    assert refusal.value.status_code == 400
    assert "InvalidQuery" in str(refusal.value)


def test_who_asks_finds_what_a_role_lets_them_read(azure: LocalAzure) -> None:
    three = _Identity(azure, "three")

    assert three.finds("resources") == []
    three.given(_READER)
    assert three.finds("resources") == ["four", "three"]


def test_a_group_is_found_by_whose_role_names_the_right_to_read_groups(azure: LocalAzure) -> None:
    """Storage Account Contributor has that right, and none to read all."""
    four = _Identity(azure, "four")

    assert four.finds("resourcecontainers") == []
    four.given(_ACCOUNT_CONTRIBUTOR)
    assert four.finds("resourcecontainers") == ["other"]
    assert four.finds("resources") == []


class _Identity:
    """An identity that asks and gets roles at the group it lies in."""

    def __init__(self, azure: LocalAzure, name: str) -> None:
        self._azure = azure
        found = azure.client(ManagedServiceIdentityClient).user_assigned_identities
        self._kept = found.get("other", name)

    def finds(self, query: str) -> list[str]:
        token = self._azure.issuer.identity_token(
            MANAGER, str(self._kept.client_id), str(self._kept.principal_id)
        )
        path = "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01"
        status, _, told = self._azure.ask("POST", path, {"query": query}, token=token)
        assert status == 200
        return sorted(row["name"] for row in told["data"])

    def given(self, role: str) -> None:
        self._azure.client(AuthorizationManagementClient).role_assignments.create(
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/other",
            str(uuid.uuid4()),
            {
                "principal_id": self._kept.principal_id,
                "role_definition_id": f"/subscriptions/{SUBSCRIPTION}/providers"
                f"/Microsoft.Authorization/roleDefinitions/{role}",
            },
        )


async def test_our_own_client_has_all_pages_of_one_subscription(manager: Manager) -> None:
    query = f"resources | where tags['RunId'] == {text(_RUN)} | project id, name"

    assert {row["name"] for row in await query_resources(manager, SUBSCRIPTION, query)} == {
        "one",
        "two",
    }
    assert await query_resources(manager, OTHER_SUBSCRIPTION, query) == []


async def test_a_text_may_hold_quotes_and_backslashes(manager: Manager) -> None:
    query = f"resources | where tags['RunId'] == {text(chr(92) + chr(39))} | project id"

    assert await query_resources(manager, SUBSCRIPTION, query) == []
