"""What one run knows as it goes on: the journal, outputs and secrets that were told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic

from funcyard.deploy.resource import CloudT, Resource
from funcyard.deploy.retrying import Attempts, call
from funcyard.deploy.settling import Known

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from funcyard.deploy.engine import Engine
    from funcyard.deploy.refs import Json, SecretRef
    from funcyard.deploy.store import Journal


@dataclass
class Run(Generic[CloudT]):
    """What one run knows.

    Attributes:
        engine: What it is made with.
        journal: The state, held by this run.
        resources: What is declared, by address.
        outputs: Of each address that is ready.
        renewed: Addresses of what was destroyed and made anew: what lay in it may have gone, too.
        secrets: Those that were told, kept for this run only.
    """

    engine: Engine[CloudT]
    journal: Journal
    resources: Mapping[str, Resource[CloudT]] = field(default_factory=dict)
    outputs: dict[str, Mapping[str, Json]] = field(default_factory=dict)
    renewed: set[str] = field(default_factory=set)
    secrets: dict[SecretRef, str] = field(default_factory=dict, repr=False)

    def known(self) -> Known:
        """Return what is known of other resources by now."""
        revisions = {
            record.address: record.revision for record in self.journal.state.records.values()
        }
        revisions |= {
            address: self.journal.state.records[resource.identity].revision
            for address, resource in self.resources.items()
            if resource.identity in self.journal.state.records
        }
        return Known(self.outputs, revisions, self.secrets)

    async def ask_for(self, secrets: Collection[SecretRef], deadline: float) -> None:
        """Ask for secrets that were not told yet, all of a resource at once.

        Raises:
            FuncyardError: They were not told.
        """
        missing = [secret for secret in secrets if secret not in self.secrets]
        for address in sorted({secret.address for secret in missing}):
            resource = self.resources[address]
            names = frozenset(secret.name for secret in missing if secret.address == address)
            told = await self._told(resource, names, deadline)
            self.secrets |= {
                secret: told[secret.name] for secret in missing if secret.address == address
            }

    async def _told(
        self, resource: Resource[CloudT], names: frozenset[str], deadline: float
    ) -> Mapping[str, str]:
        attempts = Attempts(self.engine, resource.address, "asking for its secrets", deadline)
        return await call(self.engine, attempts, lambda: resource.secrets(self.engine.cloud, names))
