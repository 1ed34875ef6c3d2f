"""What a project's resources are called in Azure.

Names of accounts and sites are one's own in all of Azure, so they end with a hash of subscription,
group and project: the same wherever the project is deployed from, and hardly anybody else's.
https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from funcyard.errors import UsageError

_LONGEST_ACCOUNT: Final = 24
_LONGEST_SITE: Final = 60
_LONGEST_PLAN: Final = 60
_HASH: Final = 8
_SUBSCRIPTION: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_GROUP: Final = re.compile(r"[\w.()-]{0,89}[\w()-]", re.ASCII)
_LOCATION: Final = re.compile(r"[a-z][a-z0-9]{1,49}")


class DeploymentTargetError(UsageError):
    """Where a project shall be deployed to cannot be in Azure."""

    code = "bad-target"


@dataclass(frozen=True, slots=True)
class Target:
    """Where in an Azure a project is deployed to.

    Attributes:
        subscription: The subscription's id.
        group: Name of the resource group that holds all of it.
        location: The region, such as ``westeurope``.
    """

    subscription: str
    group: str
    location: str

    def __post_init__(self) -> None:
        """Make sure that Azure could have it.

        Raises:
            DeploymentTargetError: It could not.
        """
        if not _SUBSCRIPTION.fullmatch(self.subscription):
            raise DeploymentTargetError(
                f"{self.subscription!r} is no id of a subscription", hint="az account list"
            )
        if not _GROUP.fullmatch(self.group):
            raise DeploymentTargetError(
                f"{self.group!r} is no name of a resource group",
                hint="1 to 90 letters, digits and _-.(), no dot at its end",
            )
        if not _LOCATION.fullmatch(self.location):
            raise DeploymentTargetError(
                f"{self.location!r} is no name of a region", hint="such as westeurope"
            )


def usual_group(project: str) -> str:
    """Return the group of a project that names none."""
    return f"rg-{project}"


def plan_name(project: str) -> str:
    """Return the name of the plan that a project's apps run on."""
    return f"plan-{project}"[:_LONGEST_PLAN].rstrip("-")


def account_name(target: Target, project: str) -> str:
    """Return the name of a project's storage account: 24 lower-case letters and digits at most."""
    plain = re.sub(r"[^a-z0-9]", "", project.lower())
    return f"st{plain[: _LONGEST_ACCOUNT - 2 - _HASH]}{_hash(target, project)}"


def site_name(target: Target, project: str, app: str) -> str:
    """Return the name of an app's site: 60 letters, digits and hyphens at most."""
    plain = f"{project}-{app}"[: _LONGEST_SITE - 1 - _HASH].rstrip("-")
    return f"{plain}-{_hash(target, project, app)}"


def _hash(target: Target, *names: str) -> str:
    whole = "/".join((target.subscription, target.group, *names)).lower()
    return hashlib.sha256(whole.encode()).hexdigest()[:_HASH]
