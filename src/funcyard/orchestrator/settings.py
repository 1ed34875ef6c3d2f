"""What the orchestrator is told by its environment: typed, every fault at once, secrets masked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from funcyard.azure.cloud import Cloud, cloud_of
from funcyard.azure.credentials import Identity, identity_of
from funcyard.azure.resource_ids import ResourceId, read_resource_id
from funcyard.azure.secrets.store import SecretRef
from funcyard.azure.storage import StorageAccount
from funcyard.errors import UsageError
from funcyard.orchestrator.selecting import SIZES
from funcyard.orchestrator.setting_reader import SettingReader

if TYPE_CHECKING:
    from collections.abc import Mapping

_GUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_GROUP: Final = re.compile(r"(?=.{1,90}$)[\w.()-]*[\w()-]")
_PREFIX: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{1,19}")
_PROFILE: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,14}")
_SERVER: Final = re.compile(r"[a-z0-9.-]+(?::\d+)?", re.IGNORECASE)
_IMAGE: Final = re.compile(r"[^\s:@]+(?::\d+/[^\s:@]+)?(?::[\w.-]+|@sha256:[0-9a-f]{64})")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SCOPE: Final = re.compile(
    r"/subscriptions/[0-9a-f-]{36}(?:/resourceGroups/[\w.()-]+)?", re.IGNORECASE
)
_ENVIRONMENT_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,59}")
_ENVIRONMENT: Final = "Microsoft.App/managedEnvironments"
_IDENTITY: Final = "Microsoft.ManagedIdentity/userAssignedIdentities"
_CONTRIBUTOR: Final = "b24988ac-6180-42a0-ab88-20f7382dd24c"
_SECRETS: Final = frozenset({"registry_password", "report_storage"})
_MASK: Final = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the orchestrator works with.

    Attributes:
        identity: Who it is towards Azure.
        cloud: Which Azure is meant.
        subscription: Whose resources it makes.
        tenant: Where its service principals are.
        group: The resource group of its jobs.
        environment: Id of the environment that they run in.
        profile: The workload profile that they run on.
        image: What they run.
        registry: Where that is; empty for a public registry.
        registry_identity: Id of the identity that may pull it, or empty.
        registry_username: Who else may, or empty.
        registry_password: What that proves.
        agent_identity: Id of an identity that agents have and that may read the vault, or empty.
        agent_secrets: Secrets of the vault that agents get, by the variable they find them in.
        agent_cpu: Cores of an agent.
        agent_memory: GiB of an agent.
        agent_role: Id of the role that agents' service principals get.
        agent_scope: Where they get it.
        vault: Address of the vault.
        size: How many scenarios a run has: ``small``, ``medium`` or ``large``.
        hours: How long agents run at most.
        minutes: How often they are looked at.
        scenarios: The folder of scenarios.
        prefix: What the names of service principals begin with, and tags.
        report_account: Name of the storage account of reports, or empty.
        report_storage: Connection string of one, or empty.
    """

    identity: Identity
    cloud: Cloud
    subscription: str
    tenant: str
    group: str
    environment: str
    profile: str
    image: str
    registry: str
    registry_identity: str
    registry_username: str
    registry_password: str = field(repr=False)
    agent_identity: str
    agent_secrets: Mapping[str, str]
    agent_cpu: float
    agent_memory: float
    agent_role: str
    agent_scope: str
    vault: str
    size: str
    hours: float
    minutes: float
    scenarios: str
    prefix: str
    report_account: str
    report_storage: str = field(repr=False)

    def shown(self) -> dict[str, str]:
        """Return all of it as text for a log, without secrets."""
        known = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: _MASK if name in _SECRETS and value else str(value)
            for name, value in known.items()
            if name not in {"identity", "cloud"}
        }


def read_settings(given: Mapping[str, str]) -> Settings:
    """Return what settings say, by the names in ``docs/orchestrator.md``.

    Raises:
        OrchestratorSettingsError: They do not, every one of them named.
    """
    reader = SettingReader(given)
    subscription = reader.matching("AZURE_SUBSCRIPTION_ID", _GUID, "a GUID").lower()
    group = reader.matching("RESOURCE_GROUP_NAME", _GROUP, "the name of a resource group")
    registry = reader.matching("CONTAINER_REGISTRY", _SERVER, "a host, without https://", "")
    cloud: Cloud | None = reader.read("AZURE_AUTHORITY_HOST", lambda _: cloud_of(given), "")
    found: dict[str, Any] = {
        "identity": reader.read("AZURE_CLIENT_ID", lambda _: identity_of(given), ""),
        "cloud": cloud,
        "subscription": subscription,
        "tenant": reader.matching("AZURE_TENANT_ID", _GUID, "a GUID"),
        "group": group,
        "environment": reader.read(
            "CONTAINER_APPS_ENVIRONMENT", lambda text: _environment(text, subscription, group)
        ),
        "profile": reader.matching(
            "WORKLOAD_PROFILE_NAME", _PROFILE, "the name of a workload profile", "Consumption"
        ),
        "registry": registry,
        "image": reader.read("CONTAINER_IMAGE", lambda text: _image(text, registry)),
        "registry_identity": reader.read("CONTAINER_REGISTRY_IDENTITY", _identity, ""),
        "registry_username": reader.text("CONTAINER_REGISTRY_USERNAME", ""),
        "registry_password": reader.text("CONTAINER_REGISTRY_PASSWORD", ""),
        "agent_identity": reader.read("AGENT_IDENTITY", _identity, ""),
        "agent_secrets": reader.read("AGENT_SECRETS", _pairs, ""),
        "agent_cpu": reader.number("AGENT_CPU", 2, 0.25, 64),
        "agent_memory": reader.number("AGENT_MEMORY_GIB", 4, 0.5, 880),
        "agent_role": reader.matching("AGENT_ROLE_ID", _GUID, "the GUID of a role", _CONTRIBUTOR),
        "agent_scope": reader.matching(
            "AGENT_SCOPE",
            _SCOPE,
            "/subscriptions/ID or /subscriptions/ID/resourceGroups/NAME",
            "",
        )
        or f"/subscriptions/{subscription}",
        "vault": reader.read(
            "KEY_VAULT_URL", lambda text: text if cloud is None else cloud.vault_url(text)
        ),
        "size": reader.read("SIMULATION_SIZE", _size, "small"),
        "hours": reader.number("RUN_HOURS", 8, 0.01, 24),
        "minutes": reader.number("MONITOR_MINUTES", 15, 0.01, 120),
        "scenarios": reader.text("SCENARIOS_FOLDER", "scenarios"),
        "prefix": reader.matching(
            "NAME_PREFIX", _PREFIX, "2 to 20 letters and digits, a letter first", "AzureHayMaker"
        ),
        "report_account": reader.text("STORAGE_ACCOUNT_NAME", ""),
        "report_storage": reader.read("REPORT_STORAGE", _storage, ""),
    }
    reader.one_of("STORAGE_ACCOUNT_NAME", "REPORT_STORAGE", at_least_one=True)
    reader.one_of("CONTAINER_REGISTRY_IDENTITY", "CONTAINER_REGISTRY_USERNAME")
    reader.together("CONTAINER_REGISTRY_USERNAME", "CONTAINER_REGISTRY_PASSWORD")
    reader.needs("CONTAINER_REGISTRY_IDENTITY", "CONTAINER_REGISTRY")
    reader.needs("CONTAINER_REGISTRY_USERNAME", "CONTAINER_REGISTRY")
    reader.raise_all()
    return Settings(**found)


def _environment(text: str, subscription: str, group: str) -> str:
    if _ENVIRONMENT_NAME.fullmatch(text):
        return str(ResourceId(subscription, group, _ENVIRONMENT, text))
    return str(read_resource_id(text, _ENVIRONMENT))


def _identity(text: str) -> str:
    return str(read_resource_id(text, _IDENTITY)) if text else ""


def _image(text: str, registry: str) -> str:
    if not _IMAGE.fullmatch(text):
        raise UsageError("it has to be REPOSITORY:TAG or REPOSITORY@sha256:…")
    if registry and not text.startswith(f"{registry}/"):
        return f"{registry}/{text}"
    return text


def _pairs(text: str) -> dict[str, str]:
    found = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        variable, _, secret = part.partition("=")
        if not _VARIABLE.fullmatch(variable):
            raise UsageError("it has to be VARIABLE=SECRET, separated by commas")
        found[variable] = SecretRef("vault", secret).name
    return found


def _size(text: str) -> str:
    if text not in SIZES:
        raise UsageError(f"it has to be one of {', '.join(SIZES)}")
    return text


def _storage(text: str) -> str:
    if text:
        StorageAccount.from_connection_string(text)
    return text
