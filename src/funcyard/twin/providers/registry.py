"""Which clouds layers may be deployed to, by the names that the slots use."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from funcyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from funcyard.deploy.resource import Resource
    from funcyard.deploy.resources.reach import Reach
    from funcyard.twin.providers.azure.layers.context import Context

DEPLOYED: Final = {"azure": "funcyard.twin.providers.azure.provider"}
"""The providers that work, with the module that makes each; it is imported when asked for."""

LATER: Final = {"aws": "Amazon Web Services", "google": "Google Cloud"}
"""The providers that a slot may name and that nothing is deployed to yet."""

_OTHER_NAMES: Final = {"gcp": "google"}


class UnknownProviderError(UsageError):
    """No cloud is called so."""

    code = "unknown-provider"


class ProviderNotThereYetError(UsageError):
    """A cloud is known, and nothing can be deployed to it yet."""

    code = "provider-not-there-yet"


@dataclass(frozen=True, slots=True)
class ResourceName:
    """What a resource of a twin is called.

    Attributes:
        type: Its type, as the cloud calls it.
        name: Its name.
    """

    type: str
    name: str


class DeployerStrategy(Protocol):
    """How a twin's part in one provider's clouds is deployed."""

    def resources(self) -> list[Resource[Reach]]:
        """Return everything of the twin that lies there."""
        ...


class CloudProvider(Protocol):
    """A cloud to which layers can be deployed."""

    @property
    def name(self) -> str:
        """The name that slots use."""
        ...

    def resource_names(self, twin: str, subscription: str) -> tuple[ResourceName, ...]:
        """Return the names of a twin's resources."""
        ...

    def deployer_strategy(self, context: Context) -> DeployerStrategy:
        """Return how a twin's part there is deployed."""
        ...


def get(name: str) -> CloudProvider:
    """Return a provider, made anew, by the name of a slot: ``azure`` or ``azure:plant``.

    Raises:
        UnknownProviderError: No cloud is called so.
        ProviderNotThereYetError: Nothing is deployed to it yet.
    """
    asked = name.partition(":")[0]
    provider = _OTHER_NAMES.get(asked, asked)
    if provider in LATER:
        raise ProviderNotThereYetError(
            f"{LATER[provider]} is not deployed to yet", hint=f"deployed to: {', '.join(DEPLOYED)}"
        )
    if provider not in DEPLOYED:
        close = get_close_matches(provider, [*DEPLOYED, *LATER, *_OTHER_NAMES], n=1)
        hint = f"did you mean {close[0]}?" if close else f"one of {', '.join([*DEPLOYED, *LATER])}"
        raise UnknownProviderError(f"no cloud is called {asked!r}", hint=hint)
    make = cast("Callable[[], CloudProvider]", import_module(DEPLOYED[provider]).provider)
    return make()


def deployed(clouds: Iterable[str]) -> Iterator[CloudProvider]:
    """Yield the provider of each of these clouds once, but those that nothing is deployed to yet.

    Raises:
        UnknownProviderError: No cloud is called so.
    """
    for name in dict.fromkeys(cloud.partition(":")[0] for cloud in clouds):
        with contextlib.suppress(ProviderNotThereYetError):
            yield get(name)
