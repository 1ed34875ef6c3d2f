"""Code of a version's files, compiled: what the engine keeps, or else compiled here.

Compiling is most of what loading a version costs, and most files are those of the version before.
So the engine keeps code, in a folder that only it may write to, under the hash of the file's
content and name (:mod:`funcyard.workflows.pool.compiled`). A worker that loads everything compiles
what is missing before it runs any of it, and tells the engine, which believes no word about code
after that: what a version runs is compiled of what it holds, whatever a version before it tried.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import marshal
import os
import sys
from base64 import b64encode
from types import CodeType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TAG: Final = f"{importlib.util.MAGIC_NUMBER.hex()}-{sys.flags.optimize}"
"""Code of another interpreter is of no use."""

_DIGEST: Final = hashlib.sha256().digest_size
_LARGEST: Final = 4 << 20
_REFUSED: Final = (SyntaxError, ValueError, RecursionError, OverflowError, MemoryError)
"""What compiling may raise for what a file holds."""


class Compiler:
    """Compiles.

    Args:
        kept: Where the engine keeps code.
        tell: Sends the engine a message.
    """

    def __init__(self, kept: Path, tell: Callable[[dict[str, Any]], None]) -> None:
        self._kept = str(kept / TAG)
        self._tell = tell
        self._keys: dict[str, str] = {}
        self._ahead: dict[str, CodeType] = {}

    def ahead(self, file: str, path: str, shown: str) -> None:
        """Compile a file that will be imported, and have its code kept, where it is not.

        Args:
            file: From the snapshot's root.
            path: Of the file.
            shown: What people call it.
        """
        with contextlib.suppress(OSError, *_REFUSED):  # whoever imports it is told
            source = _read(path)
            key = self._keys[path] = _key(source, shown)
            if os.path.exists(f"{self._kept}/{key}"):  # noqa: PTH110 - called a thousand times
                return
            self._tell({"t": "compiling", "file": file})
            code = self._ahead[key] = _compiled(source, shown)
            data = marshal.dumps(code)
            if len(data) <= _LARGEST:
                told = b64encode(data).decode()
                self._tell({"t": "code", "tag": TAG, "key": key, "code": told})

    def code(self, path: str, shown: str) -> CodeType:
        """Return a file's code.

        Raises:
            SyntaxError, ValueError: It is no Python.
            OSError: It cannot be read.
        """
        key = self._keys.get(path) or _key(_read(path), shown)
        found = self._ahead.pop(key, None) or self._of(key)
        return _compiled(_read(path), shown) if found is None else found

    def _of(self, key: str) -> CodeType | None:
        """Return the code that is kept under a key."""
        try:
            data = _read(f"{self._kept}/{key}")
        except OSError:
            return None
        if hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
            return None
        found = marshal.loads(data[_DIGEST:])  # noqa: S302 - written by the engine alone
        return found if isinstance(found, CodeType) else None


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - called a thousand times
        return file.read()


def _compiled(source: bytes, shown: str) -> CodeType:
    return compile(source, shown, "exec", dont_inherit=True)


def _key(source: bytes, shown: str) -> str:
    return hashlib.sha256(b"%b\0%b" % (shown.encode(errors="surrogateescape"), source)).hexdigest()
