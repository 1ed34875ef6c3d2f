"""What Key Vault refuses, in its own codes and words as far as they are known.

Recorded: the challenge and the conflict with a deleted secret. The other texts are those that
people quote in threads about Key Vault, or Funcyard's own where nobody does; clients go by codes.
"""

from __future__ import annotations

from typing import Final

_HELP: Final = "https://go.microsoft.com/fwlink/?linkid=2125182"


class VaultError(Exception):
    """An answer that refuses.

    Args:
        status: Of HTTP.
        code: Key Vault's.
        message: For a person.
        inner: A more exact code, where there is one.
    """

    def __init__(self, status: int, code: str, message: str, *, inner: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.inner = inner

    def body(self) -> dict[str, object]:
        """Return the error as Key Vault sends it."""
        error: dict[str, object] = {"code": self.code, "message": self.message}
        if self.inner is not None:
            error["innererror"] = {"code": self.inner}
        return {"error": error}


def unauthorized(message: str) -> VaultError:
    """Say that a request does not prove who sent it."""
    return VaultError(401, "Unauthorized", message)


def bad_parameter(message: str) -> VaultError:
    """Say that a request asks for what cannot be."""
    return VaultError(400, "BadParameter", message)


def not_found(name: str) -> VaultError:
    """Say that there is no such secret, or no such version of it."""
    return VaultError(
        404,
        "SecretNotFound",
        f"A secret with (name/id) {name} was not found in this key vault. If you recently deleted"
        " this secret you may be able to recover it using the correct recovery command. For help"
        f" resolving this issue, please see {_HELP}",
    )


def deleted_not_found(name: str) -> VaultError:
    """Say that no secret of that name was deleted."""
    return VaultError(404, "SecretNotFound", f"Deleted Secret not found: {name}")


def disabled(operation: str) -> VaultError:
    """Say that a secret is disabled."""
    return VaultError(
        403,
        "Forbidden",
        f"Operation {operation} is not allowed on a disabled secret.",
        inner="SecretDisabled",
    )


def deleted(name: str) -> VaultError:
    """Say that a name belongs to a deleted secret."""
    return VaultError(
        409,
        "Conflict",
        f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be"
        " reused; in this state, the secret can only be recovered or purged.",
        inner="ObjectIsDeletedButRecoverable",
    )


def exists(name: str) -> VaultError:
    """Say that a secret cannot be restored over one of its name."""
    return VaultError(409, "Conflict", f"Secret {name} already exists.")
