"""Files that hold secrets: told by their names, and where the name leaves it open by their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.plain_files import open_bytes

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = frozenset(
    {
        ".azurite-key",
        ".env",
        ".netrc",
        ".pgpass",
        ".pypirc",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        "id_rsa",
        "local.settings.json",
    }
)
_ENDINGS = (".pfx", ".p12", ".jks", ".publishsettings")
_PERHAPS = (".pem", ".key")
_EXAMPLES = (".dist", ".example", ".sample", ".template")
_PRIVATE = b"PRIVATE KEY-----"
_LARGEST = 64 * 1024


def may_hold_secret(name: str) -> bool:
    """Tell whether a file of that name may be there to hold secrets; a template of one is not."""
    name = name.lower()
    return not name.endswith(_EXAMPLES) and (
        name in _NAMES or name.startswith(".env.") or name.endswith((*_ENDINGS, *_PERHAPS))
    )


def holds_secret(path: Path) -> bool:
    """Tell whether a file is there to hold secrets; of certificates and keys private keys are."""
    if not may_hold_secret(path.name) or not path.is_file():
        return False
    return not path.name.lower().endswith(_PERHAPS) or _PRIVATE in _start(path)


def _start(path: Path) -> bytes:
    try:
        with open_bytes(path) as file:
            return file.read(_LARGEST)
    except OSError:
        return b""
