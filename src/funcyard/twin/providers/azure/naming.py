"""What a twin's resources are called on Azure.

A name says the twin, the part and a suffix: ``cold-storage-hall-iothub-k3v5qa``. The suffix is made
of the subscription and the twin's whole name, so it never changes, and it tells twins apart whose
names look alike once they are written as Azure wants them, shortened or in lower case.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from funcyard.twin.providers.azure import naming_rules as rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.twin.providers.azure.naming_rules import Rule

AppLayer: TypeAlias = Literal["l0", "l1", "l2", "l3", "l4"]
"""A layer with a function app, and a plan, of its own."""

APP_LAYERS: Final[tuple[AppLayer, ...]] = ("l0", "l1", "l2", "l3", "l4")

_SUFFIX = 6


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a twin's resources in one subscription.

    Attributes:
        twin: The twin's name, as its configuration has it.
        subscription: The id of the subscription; its case means nothing.
    """

    twin: str
    subscription: str

    @property
    def suffix(self) -> str:
        """Six letters and digits that belong to this twin in this subscription."""
        told = f"{self.subscription.lower()}/{self.twin}".encode()
        return base64.b32encode(hashlib.sha256(told).digest()).decode().lower()[:_SUFFIX]

    @property
    def resource_group(self) -> str:
        """The group that holds everything else."""
        return f"rg-{_slug(self.twin)}-{self.suffix}"

    @property
    def identity(self) -> str:
        """Who the functions are."""
        return self._name(rules.IDENTITY, "identity")

    @property
    def storage_account(self) -> str:
        """The account of the apps, and of cold and archived readings."""
        slug = _without_reserved(_slug(self.twin).replace("-", ""))
        room = rules.STORAGE_ACCOUNT.longest - len("st") - _SUFFIX
        return f"{slug[:room]}st{self.suffix}"

    def plan(self, layer: AppLayer) -> str:
        """The plan of a layer's app."""
        return self._name(rules.PLAN, f"{layer}-plan")

    def function_app(self, layer: AppLayer) -> str:
        """The app with a layer's functions."""
        return self._name(rules.FUNCTION_APP, f"{layer}-functions")

    @property
    def iot_hub(self) -> str:
        """The hub that devices talk to."""
        return self._name(rules.IOT_HUB, "iothub")

    @property
    def dispatcher_subscription(self) -> str:
        """What hands the hub's telemetry to the dispatcher."""
        return self._name(rules.EVENT_SUBSCRIPTION, "dispatcher-sub")

    @property
    def updater_subscription(self) -> str:
        """What hands the hub's telemetry to the function that updates twins."""
        return self._name(rules.EVENT_SUBSCRIPTION, "adt-updater-sub")

    @property
    def workflow(self) -> str:
        """The notification workflow."""
        return self._name(rules.WORKFLOW, "notification-workflow")

    @property
    def cosmos_account(self) -> str:
        """The account of hot readings."""
        return self._name(rules.COSMOS_ACCOUNT, "cosmos")

    @property
    def digital_twins(self) -> str:
        """The graph of twins."""
        return self._name(rules.DIGITAL_TWINS, "adt")

    @property
    def grafana(self) -> str:
        """The dashboards."""
        return self._name(rules.GRAFANA, "grafana")

    def all(self) -> Iterator[tuple[Rule, str]]:
        """Yield every name with the rule that it keeps."""
        yield rules.RESOURCE_GROUP, self.resource_group
        yield rules.IDENTITY, self.identity
        yield rules.STORAGE_ACCOUNT, self.storage_account
        for layer in APP_LAYERS:
            yield rules.PLAN, self.plan(layer)
            yield rules.FUNCTION_APP, self.function_app(layer)
        yield rules.IOT_HUB, self.iot_hub
        yield rules.EVENT_SUBSCRIPTION, self.dispatcher_subscription
        yield rules.EVENT_SUBSCRIPTION, self.updater_subscription
        yield rules.WORKFLOW, self.workflow
        yield rules.COSMOS_ACCOUNT, self.cosmos_account
        yield rules.DIGITAL_TWINS, self.digital_twins
        yield rules.GRAFANA, self.grafana

    def _name(self, rule: Rule, part: str) -> str:
        """Return the twin's name, a part and the suffix, the first cut where that is too long."""
        tail = f"-{part}-{self.suffix}"
        return _slug(self.twin)[: rule.longest - len(tail)].rstrip("-") + tail


def _slug(twin: str) -> str:
    """Return a twin's name in lower case, with single hyphens inside, a letter first."""
    slug = re.sub("[^a-z0-9]+", "-", twin.lower()).strip("-")
    return _without_reserved(slug or "twin")


def _without_reserved(slug: str) -> str:
    """Return a name that holds none of the words that Azure keeps for itself, a letter first."""
    while found := next((word for word in rules.RESERVED if word in slug), None):
        slug = slug.replace(found, rules.RESERVED[found])
    begins_badly = slug[0].isdigit() or slug.startswith(rules.RESERVED_BEGIN)
    return f"t{slug}" if begins_badly else slug
