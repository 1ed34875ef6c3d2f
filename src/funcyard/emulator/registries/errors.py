"""What a registry refuses, in the codes of the distribution specification and Azure's words.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.core.records import Json


class RegistryError(Exception):
    """An answer that refuses.

    Args:
        status: Of HTTP.
        code: The specification's.
        message: For a person.
        detail: What it is about.
        headers: Sent beside it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        detail: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.detail = detail
        self.headers = dict(headers or {})

    def body(self) -> Json:
        """Return the error as a registry sends it."""
        return {"errors": [{"code": self.code, "message": self.message, "detail": self.detail}]}


def unauthorized(challenge: str, detail: object = None) -> RegistryError:
    """Say that a request does not prove who may send it, and where a token is had."""
    return RegistryError(
        401,
        "UNAUTHORIZED",
        "authentication required, visit https://aka.ms/acr/authorization for more information.",
        detail,
        {"www-authenticate": challenge},
    )


def denied(message: str) -> RegistryError:
    """Say that who asks may not."""
    return RegistryError(403, "DENIED", message)


def unsupported(message: str) -> RegistryError:
    """Say that this is not served."""
    return RegistryError(405, "UNSUPPORTED", message)


def not_served(path: str) -> RegistryError:
    """Say that nothing is at an address."""
    return RegistryError(404, "NOT_FOUND", f"nothing is served at {path}")


def bad_name(name: str) -> RegistryError:
    """Say that no repository can be called that."""
    return RegistryError(400, "NAME_INVALID", "invalid repository name", {"name": name})


def unknown_name(name: str) -> RegistryError:
    """Say that there is no such repository."""
    return RegistryError(404, "NAME_UNKNOWN", f'repository "{name}" is not found', {"name": name})


def unknown_manifest(name: str, version: str) -> RegistryError:
    """Say that a repository has no such manifest."""
    kind = "manifest sha256" if version.startswith("sha256:") else "manifest tagged by"
    return RegistryError(
        404,
        "MANIFEST_UNKNOWN",
        f'{kind} "{version}" is not found',
        {"Name": name, "Revision" if ":" in version else "Tag": version},
    )


def bad_manifest(message: str) -> RegistryError:
    """Say that a manifest is none."""
    return RegistryError(400, "MANIFEST_INVALID", message)


def missing_blob(digest: str) -> RegistryError:
    """Say that a manifest names what the repository has not."""
    return RegistryError(
        400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", {"digest": digest}
    )


def unknown_blob(digest: str) -> RegistryError:
    """Say that a repository has no such blob."""
    return RegistryError(404, "BLOB_UNKNOWN", "blob unknown to registry", {"digest": digest})


def bad_digest(message: str) -> RegistryError:
    """Say that a digest is none, or not the content's."""
    return RegistryError(400, "DIGEST_INVALID", message)


def unknown_upload(identifier: str) -> RegistryError:
    """Say that there is no such upload."""
    return RegistryError(
        404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry", {"id": identifier}
    )


def bad_range(message: str, headers: Mapping[str, str] | None = None) -> RegistryError:
    """Say that a part does not follow the one before it, or does not exist."""
    return RegistryError(416, "RANGE_INVALID", message, headers=headers)


def bad_page(text: str) -> RegistryError:
    """Say that a page cannot have that size."""
    return RegistryError(
        400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested", {"n": text}
    )


def too_large(most: int) -> RegistryError:
    """Say that something is larger than is taken."""
    return RegistryError(413, "SIZE_INVALID", f"more than {most} bytes are not taken")
