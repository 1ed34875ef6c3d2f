"""Secrets in records: never the value, only where it comes from and a hash under a key.

The hash tells whether a secret that is observed is the one that was written, without keeping it;
the key keeps whoever reads a record from trying likely values.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from funcyard.deploy.refs import Json

_SOURCE: Final = "$secret"
_HMAC: Final = "hmac"
_AS_OF: Final = "as_of"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret in the place of its value.

    Attributes:
        source: Which secret it is: its reference, with whatever words are around it.
        as_of: The revision of the resource that it is a secret of.
        digest: Its keyed hash, None where the secret was not asked for.
    """

    source: str
    as_of: str
    digest: str | None = None

    def as_json(self) -> dict[str, Json]:
        """Return what records hold of it."""
        return {_SOURCE: self.source, _AS_OF: self.as_of, _HMAC: self.digest}

    @classmethod
    def from_json(cls, value: Json) -> Sealed | None:
        """Return the sealed secret that a record holds in a place, None where it holds none."""
        if not isinstance(value, dict) or value.keys() != {_SOURCE, _AS_OF, _HMAC}:
            return None
        digest = value[_HMAC]
        return cls(str(value[_SOURCE]), str(value[_AS_OF]), None if digest is None else str(digest))


@dataclass(frozen=True, slots=True)
class Seal:
    """Makes the keyed hashes of one state.

    Attributes:
        key: Kept beside the state, readable by its owner only.
    """

    key: bytes = field(repr=False)

    def digest(self, secret: str) -> str:
        """Return a secret's keyed hash: HMAC-SHA256, in hexadecimal."""
        return hmac.new(self.key, secret.encode(), hashlib.sha256).hexdigest()


def holds_sealed(value: Json) -> bool:
    """Whether a recorded value holds a secret anywhere."""
    if isinstance(value, dict):
        return Sealed.from_json(value) is not None or any(map(holds_sealed, value.values()))
    return isinstance(value, list) and any(map(holds_sealed, value))
