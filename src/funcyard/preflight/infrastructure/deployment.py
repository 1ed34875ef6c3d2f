"""A deployment: what one template makes with one set of parameters, or what Azure says it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.infrastructure.resources import Resource, Unread


@dataclass(frozen=True, slots=True)
class Deployment:
    """What one template would deploy with one set of parameters.

    Attributes:
        template: The template's file, as findings tell it.
        parameters: The file of parameters, empty where the defaults count.
        resources: Everything that may be deployed or is looked up, modules included.
        unread: The modules that it deploys and that are not read, as nobody knows them here.
        live: Whether this is what Azure says that it has, rather than a template.
        files: The files that it was read from.
        neighbours: Names of the apps that it may deploy besides the checked ones, as it lies above
            them, too.
        is_only: Whether no other template near it may deploy a checked app.
        concerned: Ids of the resources that run checked apps, None where all of it is to be judged.
    """

    template: str
    parameters: str
    resources: tuple[Resource, ...]
    unread: tuple[Unread, ...] = ()
    live: bool = False
    files: frozenset[str] = frozenset()
    neighbours: tuple[str, ...] = ()
    is_only: bool = True
    concerned: frozenset[str] | None = None

    def of_type(self, kind: str) -> Iterator[Resource]:
        """Yield the resources of a type that are deployed, not only looked up."""
        for resource in self.resources:
            if resource.type.lower() == kind.lower() and not resource.existing:
                yield resource

    def concerns(self, resource: Resource) -> bool:
        """Tell whether a resource is to be judged: one that runs another app may be left out."""
        return self.concerned is None or resource.id in self.concerned
