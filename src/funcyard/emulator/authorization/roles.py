"""Built-in roles, by their real ids, with what each allows.

https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json

_SINCE: Final = "2015-02-02T21:55:09.8806423Z"
_STORAGE: Final = "Microsoft.Storage/storageAccounts"
_BLOBS: Final = f"{_STORAGE}/blobServices/containers"
_QUEUES: Final = f"{_STORAGE}/queueServices/queues"
_TABLES: Final = f"{_STORAGE}/tableServices/tables"
_TWINS: Final = "Microsoft.DigitalTwins"
_COSMOS: Final = "Microsoft.DocumentDB/databaseAccounts"


@dataclass(frozen=True, slots=True)
class Role:
    """A role.

    Attributes:
        id: The same in every tenant.
        name: As people call it.
        actions: What it allows of the Resource Manager; ``*`` stands for anything.
        not_actions: What of that it does not.
        data_actions: What it allows of data planes.
    """

    id: str
    name: str
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()

    def shown(self, subscription: str) -> Json:
        """Return it as answers show it."""
        permissions = {
            "actions": list(self.actions),
            "notActions": list(self.not_actions),
            "dataActions": list(self.data_actions),
            "notDataActions": [],
        }
        above = f"/subscriptions/{subscription}" if subscription else ""
        return {
            "properties": {
                "roleName": self.name,
                "type": "BuiltInRole",
                "description": self.name,
                "assignableScopes": ["/"],
                "permissions": [permissions],
                "createdOn": _SINCE,
                "updatedOn": _SINCE,
                "createdBy": None,
                "updatedBy": None,
            },
            "id": f"{above}/providers/Microsoft.Authorization/roleDefinitions/{self.id}",
            "type": "Microsoft.Authorization/roleDefinitions",
            "name": self.id,
        }


ROLES: Final = (
    Role("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", ("*",)),
    Role(
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        ("*",),
        (
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            "Microsoft.Compute/galleries/share/action",
        ),
    ),
    Role("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", ("*/read",)),
    Role(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        ("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"),
    ),
    Role(
        "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
        "Monitoring Reader",
        ("*/read", "Microsoft.OperationalInsights/workspaces/search/action"),
    ),
    Role(
        "3913510d-42f4-4e42-8a64-420c390055eb",
        "Monitoring Metrics Publisher",
        ("Microsoft.Insights/Register/Action",),
        (),
        ("Microsoft.Insights/Metrics/Write",),
    ),
    Role(
        "17d1049b-9a84-46fb-8f53-869881c3d3ab",
        "Storage Account Contributor",
        (
            "Microsoft.Authorization/*/read",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            f"{_STORAGE}/*",
        ),
    ),
    Role(
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "Storage Blob Data Owner",
        (f"{_BLOBS}/*", f"{_STORAGE}/blobServices/generateUserDelegationKey/action"),
        (),
        (f"{_BLOBS}/blobs/*",),
    ),
    Role(
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Contributor",
        (f"{_BLOBS}/delete", f"{_BLOBS}/read", f"{_BLOBS}/write"),
        (),
        tuple(f"{_BLOBS}/blobs/{verb}" for verb in ("delete", "read", "write", "add/action")),
    ),
    Role(
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
        (f"{_BLOBS}/read",),
        (),
        (f"{_BLOBS}/blobs/read",),
    ),
    Role(
        "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        "Storage Queue Data Contributor",
        (f"{_QUEUES}/delete", f"{_QUEUES}/read", f"{_QUEUES}/write"),
        (),
        tuple(f"{_QUEUES}/messages/{verb}" for verb in ("delete", "read", "write")),
    ),
    Role(
        "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a",
        "Storage Queue Data Message Sender",
        (),
        (),
        (f"{_QUEUES}/messages/add/action",),
    ),
    Role(
        "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        "Storage Table Data Contributor",
        (f"{_TABLES}/read", f"{_TABLES}/write", f"{_TABLES}/delete"),
        (),
        tuple(f"{_TABLES}/entities/{verb}" for verb in ("read", "write", "delete")),
    ),
    Role(
        "69566ab7-960f-475b-8e7c-b3118f30c6bd",
        "Storage File Data Privileged Contributor",
        (),
        (),
        (f"{_STORAGE}/fileServices/fileshares/files/*",),
    ),
    Role(
        "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Secrets User",
        (),
        (),
        ("Microsoft.KeyVault/vaults/secrets/getSecret/action",),
    ),
    Role(
        "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        "Key Vault Secrets Officer",
        ("Microsoft.KeyVault/vaults/*/read",),
        (),
        ("Microsoft.KeyVault/vaults/secrets/*",),
    ),
    Role(
        "bcd981a7-7f74-457b-83e1-cceb9e632ffe",
        "Azure Digital Twins Data Owner",
        (),
        (),
        tuple(
            f"{_TWINS}/{kind}/*"
            for kind in (
                "digitaltwins",
                "digitaltwins/relationships",
                "eventroutes",
                "jobs",
                "models",
                "query",
            )
        ),
    ),
    Role(
        "5bd9cd88-fe45-4216-938b-f97437e15450", "DocumentDB Account Contributor", (f"{_COSMOS}/*",)
    ),
    Role(
        "230815da-be43-4aae-9cb4-875f7bd000aa",
        "Cosmos DB Operator",
        (f"{_COSMOS}/*",),
        tuple(
            f"{_COSMOS}/{word}/action"
            for word in ("listKeys", "readonlyKeys", "regenerateKey", "listConnectionStrings")
        ),
    ),
    Role(
        "fbdf93bf-df7d-467e-a4d2-9458aa1360c8",
        "Cosmos DB Account Reader Role",
        ("Microsoft.DocumentDB/*/read", f"{_COSMOS}/readonlykeys/action"),
    ),
    Role(
        "d57506d4-4c8d-48b1-8587-93c323f6a5a3",
        "Azure Digital Twins Data Reader",
        (),
        (),
        tuple(
            f"{_TWINS}/{kind}"
            for kind in (
                "digitaltwins/read",
                "digitaltwins/relationships/read",
                "eventroutes/read",
                "models/read",
                "query/action",
            )
        ),
    ),
    Role(
        "4fc6c259-987e-4a07-842e-c321cc9d413f",
        "IoT Hub Data Contributor",
        (),
        (),
        ("Microsoft.Devices/IotHubs/*",),
    ),
    Role(
        "b447c946-2db7-41ec-983d-d8bf3b1c77e3",
        "IoT Hub Data Reader",
        (),
        (),
        (
            "Microsoft.Devices/IotHubs/*/read",
            "Microsoft.Devices/IotHubs/fileUpload/notifications/action",
        ),
    ),
    Role(
        "4ea46cd5-c1b2-4a8e-910b-273211f9ce47",
        "IoT Hub Registry Contributor",
        (),
        (),
        ("Microsoft.Devices/IotHubs/devices/*",),
    ),
    Role(
        "494bdba2-168f-4f31-a0a1-191d2f7c028c",
        "IoT Hub Twin Contributor",
        (),
        (),
        ("Microsoft.Devices/IotHubs/twins/*",),
    ),
    Role(
        "d5a91429-5739-47e2-a06b-3470a27159e7",
        "EventGrid Data Sender",
        ("Microsoft.EventGrid/topics/read", "Microsoft.EventGrid/domains/read"),
        (),
        ("Microsoft.EventGrid/events/send/action",),
    ),
    Role(
        "22926164-76b3-42b3-bc55-97df8dab3e41",
        "Grafana Admin",
        (),
        (),
        ("Microsoft.Dashboard/grafana/ActAsGrafanaAdmin/action",),
    ),
    Role(
        "a79a5197-3a5c-4973-a920-486035ffd60f",
        "Grafana Editor",
        (),
        (),
        ("Microsoft.Dashboard/grafana/ActAsGrafanaEditor/action",),
    ),
    Role(
        "60921a7e-fef1-4a43-9b16-a26c52ad4769",
        "Grafana Viewer",
        (),
        (),
        ("Microsoft.Dashboard/grafana/ActAsGrafanaViewer/action",),
    ),
    Role(
        "de139f84-1756-47ae-9be6-808fbbe84772",
        "Website Contributor",
        (
            "Microsoft.Authorization/*/read",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            "Microsoft.Web/sites/*",
            "Microsoft.Web/serverFarms/read",
        ),
    ),
    Role(
        "f1a07417-d97a-45cb-824c-7a7467783830",
        "Managed Identity Operator",
        (
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
        ),
    ),
    Role(
        "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "AcrPull",
        ("Microsoft.ContainerRegistry/registries/pull/read",),
    ),
    Role(
        "8311e382-0749-4cb8-b61a-304f252e45ec",
        "AcrPush",
        (
            "Microsoft.ContainerRegistry/registries/pull/read",
            "Microsoft.ContainerRegistry/registries/push/write",
        ),
    ),
    Role(
        "c2f4ef07-c644-48eb-af81-4b1b4947fb11",
        "AcrDelete",
        ("Microsoft.ContainerRegistry/registries/artifacts/delete",),
    ),
)
"""The roles that are known here."""


def role(identifier: str) -> Role | None:
    """Return a role by its id, or by the id of its definition at any scope."""
    wanted = identifier.rpartition("/")[2].lower()
    return next((one for one in ROLES if one.id == wanted), None)
