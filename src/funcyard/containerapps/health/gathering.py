"""Asks everybody who knows something of a container app, and makes facts of it.

Whoever does not answer in time, or refuses, costs what only they know: that is kept as a fault
under the name of the check that needed it, and the rest is judged.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from funcyard.azure.activity_log import changes_of
from funcyard.azure.deadline import within
from funcyard.azure.errors import AzureUnreachableError
from funcyard.containerapps.capacity import capacity_of
from funcyard.containerapps.health.asking.built import compare_images
from funcyard.containerapps.health.asking.endpoint import address_of, ask_endpoint
from funcyard.containerapps.health.asking.lines import listening_ports, read_events, read_lines
from funcyard.containerapps.health.asking.master_key import find_master_key
from funcyard.containerapps.health.asking.roles import missing_roles
from funcyard.containerapps.health.asking.storage import ask_storage, connection_of
from funcyard.containerapps.health.facts import Built, Facts, Host
from funcyard.containerapps.neighbours import neighbours_of
from funcyard.containerapps.observing import observe
from funcyard.deployed.asking import ask_app
from funcyard.deployed.diagnosis import diagnose
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from azure.core.credentials_async import AsyncTokenCredential

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.container_apps import ContainerApps
    from funcyard.azure.manager import Manager
    from funcyard.azure.resource_ids import ResourceId
    from funcyard.containerapps.health.facts import Expected
    from funcyard.containerapps.observing import Observation

_Found = TypeVar("_Found")
_LATELY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        resource: The app's id.
        cloud: Where it is.
        is_deep: Whether the app itself is asked, and everything that it needs.
        patience: Seconds for each answer.
        master_key: Of its Functions host, where it is given; empty for none.
        expected: Which functions it should have; None where nobody said.
        built: Reference of the image that was built; empty where nobody said.
    """

    resource: ResourceId
    cloud: Cloud
    is_deep: bool = False
    patience: float = 30.0
    master_key: str = field(default="", repr=False)
    expected: Expected | None = None
    built: str = ""


class Gathering:
    """One asking of everybody.

    Args:
        client: Of container apps.
        manager: The Resource Manager.
        credential: As whom registries are asked.
        question: What is asked.
    """

    def __init__(
        self,
        client: ContainerApps,
        manager: Manager,
        credential: AsyncTokenCredential,
        question: Question,
    ) -> None:
        self._client = client
        self._manager = manager
        self._credential = credential
        self._question = question
        self._faults: dict[str, FuncyardError] = {}

    async def facts(self) -> Facts:
        """Return what is known now."""
        asked = self._question
        self._client.patience.renew()
        now = datetime.now(UTC)
        observed, changes = await asyncio.gather(
            self._tried("app", observe(self._client, asked.resource)),
            self._tried("changes", changes_of(self._manager, asked.resource, now - _LATELY)),
        )
        facts = Facts(
            asked.resource,
            now,
            changes=tuple(changes or ()),
            is_deep=asked.is_deep,
            expected=asked.expected,
        )
        if observed is not None:
            facts = await self._around(self._of(facts, observed), observed)
        if facts.app is not None and asked.is_deep:
            facts = await self._deep(facts)
        return replace(facts, faults=dict(self._faults))

    def _of(self, facts: Facts, observed: Observation) -> Facts:
        """Return facts with what the Resource Manager told of the app."""
        self._faults |= faults_of(observed)
        return replace(
            facts,
            app=observed.app,
            revisions=observed.revisions or (),
            replicas=observed.replicas,
            environment=observed.environment,
        )

    async def _around(self, facts: Facts, observed: Observation) -> Facts:
        """Return facts with what the platform told, who is beside it, and where it is reached."""
        app, asked = facts.existing, self._question
        url = address_of(app)
        main = facts.main
        events, neighbours, built, endpoint = await asyncio.gather(
            self._tried(
                "probes",
                read_events(self._client, asked.cloud, asked.resource, app.event_stream),
            )
            if app.event_stream
            else _nothing(),
            self._tried("capacity", neighbours_of(self._client, asked.resource, app)),
            self._tried(
                "built",
                compare_images(
                    asked.built,
                    main,
                    self._credential,
                    asked.cloud,
                    asked.patience,
                    self._client.patience,
                ),
            )
            if asked.built and main is not None
            else _nothing(),
            self._tried("endpoint", ask_endpoint(url, asked.cloud, asked.patience))
            if url
            else _nothing(),
        )
        if (fault := self._faults.get("built")) is not None:
            built = Built(asked.built, fault=fault.message)
        capacity = capacity_of(observed, neighbours)
        return replace(
            facts, events=events or (), capacity=capacity, built=built, endpoint=endpoint
        )

    async def _deep(self, facts: Facts) -> Facts:
        """Return facts with what the app itself tells, and everything that it needs."""
        app, main, asked = facts.existing, facts.main, self._question
        if main is None:
            return facts
        secrets = await self._tried("secrets", self._client.secrets(asked.resource)) or {}
        connection = connection_of(main, secrets)
        storage, roles, records, key = await asyncio.gather(
            self._tried("storage", ask_storage(main, secrets, asked.patience, facts.now)),
            self._tried("roles", missing_roles(self._manager, app, main)),
            self._tried(
                "logs",
                read_lines(self._client, asked.cloud, asked.resource, facts.latest_replicas),
            ),
            find_master_key(asked.master_key, app, secrets, connection, asked.patience),
        )
        url = address_of(app)
        deployed = None
        if url and facts.endpoint is not None and not facts.endpoint.fault:
            deployed = await asyncio.to_thread(
                ask_app,
                url,
                key.value,
                patience=asked.patience,
                trusted=asked.cloud.trusted(),
            )
        return replace(
            facts,
            storage=storage,
            missing_roles=roles or (),
            host=None if deployed is None else Host(deployed, key.source),
            listening=listening_ports(records or ()),
            has_lines=bool(records),
            diagnoses=diagnose(records or (), is_printed=True),
        )

    async def _tried(self, check: str, asking: Awaitable[_Found]) -> _Found | None:
        """Return what was asked for; where it does not come, keep why and return None."""
        patience = self._question.patience
        try:
            async with within(patience):
                return await asking
        except TimeoutError:
            fault: FuncyardError = AzureUnreachableError(
                f"no answer within {patience:g} seconds", hint="--timeout SECONDS"
            )
        except FuncyardError as refused:
            fault = refused
        self._faults[check] = fault
        return None


def faults_of(observed: Observation) -> dict[str, FuncyardError]:
    """Return why checks know nothing of what could not be read of an app, by their names."""
    fault = next(iter(observed.faults), None)
    if fault is None:
        return {}
    unread = [one for one in observed.active if one.name not in observed.replicas]
    lacking = {
        "revisions": observed.revisions is None,
        "replicas": observed.revisions is None or bool(unread),
        "capacity": observed.environment is None,
    }
    return {check: fault for check, is_unread in lacking.items() if is_unread}


async def _nothing() -> None:
    return None
