"""What a data plane knows of its account; the Resource Manager tells, anew for each request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json


@dataclass(frozen=True, slots=True)
class Account:
    """An account.

    Attributes:
        name: Its name.
        url: Where it is reached.
        regions: Where it is in Azure, as people read it, the one that is written to first.
        consistency: Which level its clients get.
        keys: What opens all of it.
        reading_keys: What opens it to readers.
        is_serverless: Whether no throughput is provisioned.
    """

    name: str
    url: str
    regions: tuple[str, ...]
    consistency: str
    keys: tuple[str, ...] = field(repr=False)
    reading_keys: tuple[str, ...] = field(repr=False)
    is_serverless: bool

    def shown(self) -> Json:
        """Return it as clients read it first of all, to learn of its regions."""
        regions = [{"name": name, "databaseAccountEndpoint": self.url} for name in self.regions]
        replicas = {"asyncReplication": False, "minReplicaSetSize": 3, "maxReplicasetSize": 4}
        return {
            "_self": "",
            "id": self.name,
            "_rid": self.name,
            "media": "//media/",
            "addresses": "//addresses/",
            "_dbs": "//dbs/",
            "writableLocations": regions[:1],
            "readableLocations": regions,
            "enableMultipleWriteLocations": False,
            "userReplicationPolicy": replicas,
            "userConsistencyPolicy": {"defaultConsistencyLevel": self.consistency},
            "systemReplicationPolicy": replicas,
            "readPolicy": {"primaryReadCoefficient": 1, "secondaryReadCoefficient": 1},
            "queryEngineConfiguration": "{}",
        }
