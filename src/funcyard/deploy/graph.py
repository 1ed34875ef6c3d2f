"""The graph of a deployment: resources in an order in which each comes after what it needs.

Whatever is wrong with it is told before the first call, all at once.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final, Generic

from funcyard.deploy.refs import Ref, SecretRef, references
from funcyard.deploy.resource import CloudT, Resource
from funcyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class GraphError(UsageError):
    """Resources that cannot be deployed together."""

    code = "bad-graph"


class Graph(Generic[CloudT]):
    """Resources and what each depends on.

    Attributes:
        resources: By address, each after what it depends on.
        dependencies: Of each address, the addresses that it depends on.
    """

    def __init__(self, resources: Iterable[Resource[CloudT]]) -> None:
        """Check the resources and put them in order.

        Raises:
            GraphError: Two share an address or an identity, one refers to what is not there, or
                they need each other in a circle.
        """
        given = list(resources)
        by_address = {resource.address: resource for resource in given}
        faults = [*_shared(given), *_dangling(given, by_address)]
        if faults:
            raise GraphError("; ".join(faults))
        self.dependencies: Final[Mapping[str, frozenset[str]]] = {
            resource.address: needed(resource) for resource in given
        }
        try:
            order = list(TopologicalSorter(self.dependencies).static_order())
        except CycleError as fault:
            circle = " → ".join(reversed(fault.args[1]))
            raise GraphError(
                f"resources need each other in a circle: {circle}",
                hint="take one of these dependencies away",
            ) from None
        self.resources: Final[Mapping[str, Resource[CloudT]]] = {
            address: by_address[address] for address in order
        }

    def part(self, addresses: Iterable[str]) -> Graph[CloudT]:
        """Return the graph of these resources and of all that they depend on."""
        wanted: set[str] = set()
        left = list(addresses)
        while left:
            address = left.pop()
            if address not in wanted:
                wanted.add(address)
                left.extend(self.dependencies[address])
        return Graph(resource for resource in self if resource.address in wanted)

    def __iter__(self) -> Iterator[Resource[CloudT]]:
        return iter(self.resources.values())


def needed(resource: Resource[CloudT]) -> frozenset[str]:
    """Return the addresses of what a resource depends on, by word or by reference."""
    referred = {reference.address for reference in references(resource.properties)}
    return frozenset(resource.depends_on) | referred


def secrets_of(resource: Resource[CloudT]) -> frozenset[SecretRef]:
    """Return the secrets that a resource's properties hold."""
    found = references(resource.properties)
    return frozenset(reference for reference in found if isinstance(reference, SecretRef))


def _shared(given: list[Resource[CloudT]]) -> Iterator[str]:
    addresses: set[str] = set()
    identities: dict[str, str] = {}
    for resource in given:
        if resource.address in addresses:
            yield f"two resources have the address {resource.address}"
            continue
        addresses.add(resource.address)
        other = identities.setdefault(resource.identity, resource.address)
        if other != resource.address:
            yield f"{other} and {resource.address} are the same resource: {resource.identity}"


def _dangling(
    given: list[Resource[CloudT]], by_address: Mapping[str, Resource[CloudT]]
) -> Iterator[str]:
    for resource in given:
        for address in resource.depends_on:
            if address not in by_address:
                yield f"{resource.address} depends on {address}, which is not there"
        for reference in references(resource.properties):
            other = by_address.get(reference.address)
            if other is None:
                yield f"{resource.address} refers to {reference}, whose resource is not there"
            elif isinstance(reference, Ref) and reference.output not in other.output_names:
                yield f"{resource.address} refers to {reference}, which {other.kind} does not give"
            elif isinstance(reference, SecretRef) and reference.name not in other.secret_names:
                yield f"{resource.address} refers to {reference}, which {other.kind} does not have"
