"""What a replica asks for, and what a node holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

_MEMORY: Final = re.compile(r"([0-9]*\.?[0-9]+)(Gi|Mi)")


@dataclass(frozen=True, slots=True)
class Size:
    """vCPUs and memory.

    Attributes:
        cpu: vCPUs.
        memory: GiB.
    """

    cpu: Fraction
    memory: Fraction

    def __str__(self) -> str:
        return f"{amount(self.cpu)} vCPU and {amount(self.memory)} GiB"


def amount(number: Fraction) -> str:
    """Return a number without needless digits."""
    return f"{float(number):g}"


def gibibytes(text: str) -> Fraction | None:
    """Return GiB of memory as Azure writes it (``1.5Gi``, ``512Mi``); None for other words."""
    match = _MEMORY.fullmatch(text)
    if match is None:
        return None
    return Fraction(match[1]) * (1 if match[2] == "Gi" else Fraction(1, 1024))
