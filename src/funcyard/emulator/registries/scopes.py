"""What is asked for in a repository, as scopes of tokens name it."""

from __future__ import annotations

from funcyard.emulator.registries import errors
from funcyard.emulator.registries.references import is_repository


def scope_of(repository: str, *actions: str) -> str:
    """Return the scope of actions in a repository."""
    return f"repository:{repository}:{','.join(actions)}"


def check_repository(name: str) -> None:
    """Refuse what no repository can be called.

    Raises:
        RegistryError: It is that.
    """
    if not is_repository(name):
        raise errors.bad_name(name)
