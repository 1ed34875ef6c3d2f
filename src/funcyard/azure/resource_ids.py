"""Ids of resources: ``/subscriptions/…/resourceGroups/…/providers/NAMESPACE/TYPE/NAME``.

Azure compares them without regard to case, and its own answers spell one id in several ways.
https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from funcyard.errors import UsageError

_SHAPE: Final = re.compile(
    r"/subscriptions/(?P<subscription>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"/resourceGroups/(?P<group>[\w.()-]{1,90})"
    r"/providers/(?P<type>[a-z][\w.]*/[a-z]\w*)/(?P<name>[^/?#%\s]{1,260})/?",
    re.IGNORECASE,
)


class ResourceIdError(UsageError):
    """What was given is no id of a resource, or of one of another type."""

    code = "bad-resource-id"


@dataclass(frozen=True, slots=True)
class ResourceId:
    """A resource in a resource group.

    Attributes:
        subscription: The subscription's id.
        group: Its resource group.
        type: Such as ``Microsoft.App/containerApps``, as it was written.
        name: Its name.
    """

    subscription: str
    group: str
    type: str
    name: str

    def __str__(self) -> str:
        return (
            f"/subscriptions/{self.subscription}/resourceGroups/{self.group}/providers/{self.type}"
            f"/{self.name}"
        )


def read_resource_id(text: str, kind: str) -> ResourceId:
    """Return the resource of a type that an id names, in any case.

    Args:
        text: The id.
        kind: The type that is wanted.

    Raises:
        ResourceIdError: It is none, or one of something else.
    """
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ResourceIdError(
            f"{text} is no id of a resource",
            hint=f"/subscriptions/ID/resourceGroups/GROUP/providers/{kind}/NAME",
        )
    if match["type"].lower() != kind.lower():
        raise ResourceIdError(
            f"{text} is the id of a {match['type']}", hint=f"that of a {kind} is wanted"
        )
    return ResourceId(match["subscription"], match["group"], kind, match["name"])
