"""Which operation a request means, and what its path names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.vault import operations, reading
from funcyard.emulator.vault.errors import VaultError, bad_parameter

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.http import Answer, Request
    from funcyard.emulator.vault.operations import Call

    Operation = Callable[[Call], Answer]

ROUTES: Final[dict[tuple[str, ...], dict[str, Operation]]] = {
    ("secrets",): {"GET": operations.list_secrets},
    ("secrets", "restore"): {"POST": operations.restore},
    ("secrets", "NAME"): {
        "GET": operations.get_secret,
        "PUT": operations.set_secret,
        "PATCH": operations.update_secret,
        "DELETE": operations.delete_secret,
    },
    ("secrets", "NAME", "versions"): {"GET": operations.list_versions},
    ("secrets", "NAME", "backup"): {"POST": operations.backup},
    ("secrets", "NAME", "VERSION"): {
        "GET": operations.get_secret,
        "PATCH": operations.update_secret,
    },
    ("deletedsecrets",): {"GET": operations.list_deleted},
    ("deletedsecrets", "NAME"): {"GET": operations.get_deleted, "DELETE": operations.purge},
    ("deletedsecrets", "NAME", "recover"): {"POST": operations.recover},
}
"""Every operation, by the parts of its path and by its method."""


def find(request: Request) -> tuple[Operation, str, str]:
    """Return what a request means, with the name and the version that its path names, if any.

    Raises:
        VaultError: Nothing that is served here, or a name that can be none.
    """
    parts = request.path.removeprefix("/").split("/")
    if parts[-1] == "":
        parts.pop()  # clients write the newest version as an empty one
    matching = [pattern for pattern in ROUTES if _matches(pattern, parts)]
    if not matching:
        raise bad_parameter("The request URI names nothing that is served here: secrets only.")
    for pattern in matching:
        if operation := ROUTES[pattern].get(request.method):
            given = dict(zip(pattern, parts, strict=True))
            name, version = given.get("NAME"), given.get("VERSION")
            return (
                operation,
                "" if name is None else reading.check_name(name),
                "" if version is None else reading.check_version(version),
            )
    raise VaultError(405, "MethodNotAllowed", f"{request.method} is not allowed here.")


def _matches(pattern: tuple[str, ...], parts: list[str]) -> bool:
    return len(pattern) == len(parts) and all(
        wanted in {"NAME", "VERSION"} or wanted == part
        for wanted, part in zip(pattern, parts, strict=True)
    )
