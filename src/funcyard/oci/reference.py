"""Names of images: registry, repository, tag and digest.

The grammar is that of https://pkg.go.dev/github.com/distribution/reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = r"[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?P<name>(?:{_PART}:[0-9]+/)?{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?"
    r"(?:@(?P<digest>[a-z0-9+._-]+:[0-9a-fA-F]{32,}))?"
)
_FUNCTIONS = re.compile(r"(?P<host>\d+)(?:\.\d+)*-python(?P<python>\d+\.\d+)(?:-|$)")
_PYTHON = re.compile(r"(?P<python>\d+\.\d+)(?:\.\d+)*(?:[a-z0-9]*)(?:-|$)")


@dataclass(frozen=True, slots=True)
class Reference:
    """An image.

    Attributes:
        name: Registry and repository.
        tag: Empty for none.
        digest: Empty for none.
    """

    name: str
    tag: str = ""
    digest: str = ""

    @property
    def is_latest(self) -> bool:
        """Whether what it means may change from one day to the next without notice."""
        return not self.digest and self.tag in {"", "latest"}

    @property
    def repository(self) -> str:
        """The last part of its name."""
        return self.name.rpartition("/")[2]

    @property
    def is_functions_host(self) -> bool:
        """Whether it is an image of the Azure Functions host."""
        return self.name.startswith("mcr.microsoft.com/azure-functions/")

    @property
    def python(self) -> str:
        """The minor version of Python in it as its tag tells it, empty where none does."""
        if self.is_functions_host and self.repository == "python":
            match = _FUNCTIONS.match(self.tag)
        elif self.name in {"python", "docker.io/library/python", "docker.io/python"}:
            match = _PYTHON.match(self.tag)
        else:
            match = None
        return match["python"] if match else ""

    @property
    def host(self) -> str:
        """The major version of the Functions host in it, empty where it is none or not told."""
        match = re.match(r"(\d+)", self.tag) if self.is_functions_host else None
        return match[1] if match else ""


def read_reference(text: str) -> Reference | None:
    """Return what an image is called, None where that is no name of an image."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        return None
    return Reference(match["name"], match["tag"] or "", match["digest"] or "")
