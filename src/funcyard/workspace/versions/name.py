"""What a version is called: its number and the digest of its manifest.

The digest makes the name a promise: whoever has it can prove that a manifest is the one meant, and
two workers that write different manifests with one number never overwrite each other's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

_TEXT: Final = re.compile(r"([0-9]{8,18})-([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, order=True)
class VersionName:
    """A version's name.

    Attributes:
        number: Counts the published versions of its scope, from 1.
        digest: SHA-256 of the manifest's text, 64 lower-case hexadecimal digits.
    """

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number:08d}-{self.digest}"

    @property
    def short(self) -> str:
        """The name for a person, and for the folder of a snapshot: enough digits to be unique."""
        return f"{self.number:08d}-{self.digest[:16]}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a name as ``str`` writes it.

        Raises:
            ValueError: It is no name.
        """
        found = _TEXT.fullmatch(text)
        if found is None or int(found[1]) < 1:
            raise ValueError(f"{text[:100]!r} names no version")
        return cls(int(found[1]), found[2])
