"""The media type of a file, by its name alone: the same on every machine."""

from __future__ import annotations

import mimetypes
from typing import Final

_OURS: Final = {
    "": "text/plain",
    ".md": "text/markdown",
    ".py": "text/x-python",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
_KNOWN: Final = mimetypes.MimeTypes(filenames=())


def content_type_of(path: str) -> str:
    """Return the media type of a path's name; bytes of no known kind where it says nothing."""
    name = path.rpartition("/")[2]
    extension = f".{name.rpartition('.')[2]}".lower() if "." in name[1:] else ""
    if extension in _OURS:
        return _OURS[extension]
    return _KNOWN.guess_type(f"a{extension}")[0] or "application/octet-stream"
