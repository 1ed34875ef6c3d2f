"""Compiled templates, kept where Python keeps its own compiled modules.

Compiling takes a fifth of the time in which a small project is made. As with Python's own, what
cannot be written is no fault, and ``PYTHONDONTWRITEBYTECODE`` and ``PYTHONPYCACHEPREFIX`` are
followed.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import sys
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import FileSystemBytecodeCache

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.bccache import Bucket


_SETTINGS: Final = (
    "autoescape",
    "optimized",
    "trim_blocks",
    "lstrip_blocks",
    "keep_trailing_newline",
)


class CompiledTemplates(FileSystemBytecodeCache):
    """The compiled templates of a folder, in its ``__pycache__``.

    One that was made of another source, with other settings, or by another Python is passed over.
    """

    def __init__(self, folder: Path, environment: Environment) -> None:
        self._settings = [getattr(environment, name) for name in _SETTINGS]
        super().__init__(str(Path(cache_from_source(str(folder / "template.py"))).parent))

    def get_source_checksum(self, source: str) -> str:
        """Return what tells this source and these settings from others."""
        return hashlib.sha256(f"{self._settings}{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template that was kept; one that cannot be read, or was torn, is not there."""
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, pickle.UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template, where that may be."""
        if sys.dont_write_bytecode:
            return
        with contextlib.suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
