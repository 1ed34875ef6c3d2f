"""What Azure lets resources be called.

The numbers and patterns are those of *Naming rules and restrictions for Azure resources*
(https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules), narrowed
where another page knows more; such a page is named beside the rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PAGE = "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"
_WORDS = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a resource of one type may be called.

    Attributes:
        type: The resource type.
        longest: How many characters at most.
        pattern: What the whole name matches.
        shortest: How many characters at least.
        is_global: Whether no two in all of Azure may have one name, as it is part of an address.
        source: Where the rule stands.
    """

    type: str
    longest: int
    pattern: str
    shortest: int = 1
    is_global: bool = False
    source: str = _PAGE

    def allows(self, name: str) -> bool:
        """Tell whether a resource of this type may have a name."""
        fits = self.shortest <= len(name) <= self.longest
        return fits and re.fullmatch(self.pattern, name) is not None and not _is_reserved(name)


RESOURCE_GROUP: Final = Rule(
    "Microsoft.Resources/resourceGroups", 90, r"[A-Za-z0-9._()-]*[A-Za-z0-9_()-]"
)
IDENTITY: Final = Rule(
    "Microsoft.ManagedIdentity/userAssignedIdentities", 128, "[A-Za-z0-9][A-Za-z0-9_-]*", 3
)
STORAGE_ACCOUNT: Final = Rule(
    "Microsoft.Storage/storageAccounts", 24, "[a-z0-9]+", 3, is_global=True
)
PLAN: Final = Rule("Microsoft.Web/serverfarms", 60, "[A-Za-z0-9-]+")
FUNCTION_APP: Final = Rule(
    "Microsoft.Web/sites",
    32,
    _WORDS,
    2,
    is_global=True,
    source="https://learn.microsoft.com/azure/azure-functions/storage-considerations"
    "#host-id-considerations",
)
"""A site may have 60 characters, but apps that share a storage account are told apart by the first
32 of their names."""

IOT_HUB: Final = Rule("Microsoft.Devices/IotHubs", 50, _WORDS, 3, is_global=True)
EVENT_SUBSCRIPTION: Final = Rule("Microsoft.EventGrid/eventSubscriptions", 64, "[A-Za-z0-9-]+", 3)
COSMOS_ACCOUNT: Final = Rule(
    "Microsoft.DocumentDB/databaseAccounts",
    44,
    "[a-z0-9]+(?:-[a-z0-9]+)*",
    3,
    is_global=True,
)
DIGITAL_TWINS: Final = Rule(
    "Microsoft.DigitalTwins/digitalTwinsInstances", 63, _WORDS, 3, is_global=True
)
GRAFANA: Final = Rule(
    "Microsoft.Dashboard/grafana",
    23,
    "[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])",
    2,
    is_global=True,
    source="https://learn.microsoft.com/azure/managed-grafana/quickstart-managed-grafana-portal",
)
WORKFLOW: Final = Rule("Microsoft.Logic/workflows", 43, r"[A-Za-z0-9._()-]+")

RESERVED: Final = {"microsoft": "ms", "windows": "win"}
"""Words that no name may hold, and what is written for them
(https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name)."""

RESERVED_BEGIN: Final = "login"
"""What no name may begin with (the same page)."""


def _is_reserved(name: str) -> bool:
    lower = name.lower()
    return any(word in lower for word in RESERVED) or lower.startswith(RESERVED_BEGIN)
