"""The descriptions of all types, found by their names, and of what providers do beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.core import errors

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.types import ResourceType
    from funcyard.emulator.http import Answer

    ProviderAction = Callable[[Call], Awaitable[Answer]]


class Registry:
    """The types that are described."""

    def __init__(self) -> None:
        self._types: dict[str, ResourceType] = {}
        self._actions: dict[tuple[str, str], tuple[ProviderAction, tuple[str, ...]]] = {}
        self._heads: dict[str, tuple[str, ProviderAction]] = {}
        self._posts: dict[str, tuple[ProviderAction, tuple[str, ...]]] = {}

    def __iter__(self) -> Iterator[ResourceType]:
        return iter(sorted(self._types.values(), key=lambda one: one.name))

    def add(self, *types: ResourceType) -> None:
        """Describe types."""
        for one in types:
            self._types[one.name.lower()] = one

    def add_action(
        self, namespace: str, word: str, action: ProviderAction, versions: tuple[str, ...]
    ) -> None:
        """Describe what POST on a subscription's provider does."""
        self._actions[namespace.lower(), word.lower()] = (action, versions)

    def add_head(self, kind: str, handler: ProviderAction) -> None:
        """Describe what HEAD tells of names in all of Azure, by the word before them."""
        self._heads[kind.lower()] = (kind, handler)

    def add_post(self, kind: str, handler: ProviderAction, versions: tuple[str, ...]) -> None:
        """Describe what POST does with a name behind a word that is no type of resources."""
        self._posts[kind.lower()] = (handler, versions)

    def post(self, kind: str) -> tuple[ProviderAction, tuple[str, ...]] | None:
        """Return what POST does with a name behind such a word, and its API versions."""
        return self._posts.get(kind.lower())

    def head(self, kind: str) -> ProviderAction | None:
        """Return what HEAD tells of names in all of Azure; None where it tells nothing."""
        return self._heads.get(kind.lower(), (kind, None))[1]

    @property
    def heads(self) -> list[str]:
        """The words before names of which HEAD tells, with their providers' names."""
        return sorted(kind for kind, _ in self._heads.values())

    @property
    def namespaces(self) -> list[str]:
        """The providers' names."""
        return sorted({one.name.partition("/")[0] for one in self._types.values()})

    @property
    def actions(self) -> list[tuple[str, str]]:
        """The actions of providers, namespace and word."""
        return sorted(self._actions)

    def action(self, namespace: str, word: str) -> tuple[ProviderAction, tuple[str, ...]] | None:
        """Return what POST on a subscription's provider does, and its API versions."""
        return self._actions.get((namespace.lower(), word.lower()))

    def known(self, name: str) -> ResourceType | None:
        """Return the description of a type, whatever the case of its name; None without one."""
        return self._types.get(name.lower())

    def find(self, name: str) -> ResourceType:
        """Return the description of a type, whatever the case of its name.

        Raises:
            ArmError: There is none.
        """
        found = self.known(name)
        if found is not None:
            return found
        namespace, _, kind = name.partition("/")
        if namespace.lower() not in (one.lower() for one in self.namespaces):
            raise errors.unknown_namespace(namespace)
        raise errors.unknown_type(namespace, kind)
