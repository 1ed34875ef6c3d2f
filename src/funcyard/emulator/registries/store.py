"""What a registry keeps: contents by their digest in files, and what is theirs in SQLite.

A content is whole and on disk before a row names it, so a kill leaves at most a file that nobody
names; it goes at the next start, with layers that no manifest names. Used from one thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.store import StoreError
from funcyard.emulator.registries.contents import Contents
from funcyard.emulator.registries.manifests import named_by_content
from funcyard.emulator.sqlite import SqliteFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE blobs (
  repository TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (repository, digest)
) WITHOUT ROWID;
CREATE TABLE manifests (
  repository TEXT NOT NULL, digest TEXT NOT NULL, media_type TEXT NOT NULL, content BLOB NOT NULL,
  created TEXT NOT NULL, PRIMARY KEY (repository, digest)
) WITHOUT ROWID;
CREATE TABLE tags (
  repository TEXT NOT NULL, tag TEXT NOT NULL, digest TEXT NOT NULL, created TEXT NOT NULL,
  changed TEXT NOT NULL, PRIMARY KEY (repository, tag)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest.

    Attributes:
        digest: Of its content.
        media_type: Of that.
        content: As it came.
        created: When, as Azure writes times.
    """

    digest: str
    media_type: str
    content: bytes
    created: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag.

    Attributes:
        name: Of it.
        digest: Of the manifest that it names.
        created: When it first named one, as Azure writes times.
        changed: When it last did.
    """

    name: str
    digest: str
    created: str
    changed: str


class RegistryStore(SqliteFile):
    """The repositories of a registry.

    Args:
        folder: Of its files; made where there is none.

    Attributes:
        contents: The files.

    Raises:
        StoreError: It cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder / "registry.sqlite", version=_VERSION, schema=_SCHEMA, error=StoreError
        )
        try:
            self._sweep()
            self.contents = Contents(folder, {row[0] for row in self._rows("digest", "blobs")})
        except OSError as fault:
            self.close()
            raise StoreError(f"{folder}: cannot be used: {fault}") from fault

    def repositories(self) -> list[str]:
        """Return the names of all repositories that have a manifest."""
        return sorted({row[0] for row in self._rows("repository", "manifests")})

    def has_blob(self, repository: str, digest: str) -> bool:
        """Whether a repository has a blob."""
        return self._one("blobs", repository, digest)

    def add_blob(self, repository: str, digest: str) -> None:
        """Note that a repository has a blob, whose content is kept."""
        self._connection.execute("INSERT OR IGNORE INTO blobs VALUES (?, ?)", (repository, digest))

    def drop_blob(self, repository: str, digest: str) -> None:
        """Forget a blob of a repository, and its content where no other has it."""
        run = self._connection.execute
        run("DELETE FROM blobs WHERE repository=? AND digest=?", (repository, digest))
        if run("SELECT 1 FROM blobs WHERE digest=?", (digest,)).fetchone() is None:
            self.contents.drop(digest)

    def manifest(self, repository: str, version: str) -> Manifest | None:
        """Return the manifest that a tag or a digest names; None where there is none."""
        digest = version if ":" in version else self._tagged(repository, version)
        row = self._connection.execute(
            "SELECT digest, media_type, content, created FROM manifests"
            " WHERE repository=? AND digest=?",
            (repository, digest),
        ).fetchone()
        return None if row is None else Manifest(*row)

    def manifests(self, repository: str) -> list[Manifest]:
        """Return the manifests of a repository, by digest."""
        rows = self._connection.execute(
            "SELECT digest, media_type, content, created FROM manifests WHERE repository=?"
            " ORDER BY digest",
            (repository,),
        )
        return [Manifest(*row) for row in rows]

    def add_manifest(self, repository: str, one: Manifest, tag: str | None) -> None:
        """Keep a manifest, and what names it."""
        run = self._connection.execute
        with self.transaction():
            run(
                "INSERT OR IGNORE INTO manifests VALUES (?, ?, ?, ?, ?)",
                (repository, one.digest, one.media_type, one.content, one.created),
            )
            if tag is not None:
                run(
                    "INSERT INTO tags VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
                    " SET digest=excluded.digest, changed=excluded.changed",
                    (repository, tag, one.digest, one.created, one.created),
                )

    def drop_manifest(self, repository: str, digest: str) -> None:
        """Forget a manifest, and the tags that name it."""
        with self.transaction():
            for table in ("manifests", "tags"):
                self._connection.execute(
                    f"DELETE FROM {table} WHERE repository=? AND digest=?",  # noqa: S608 - own names
                    (repository, digest),
                )

    def tags(self, repository: str) -> list[Tag]:
        """Return the tags of a repository, by name."""
        rows = self._connection.execute(
            "SELECT tag, digest, created, changed FROM tags WHERE repository=? ORDER BY tag",
            (repository,),
        )
        return [Tag(*row) for row in rows]

    def drop_tag(self, repository: str, tag: str) -> bool:
        """Forget a tag; return whether there was one."""
        ran = self._connection.execute(
            "DELETE FROM tags WHERE repository=? AND tag=?", (repository, tag)
        )
        return ran.rowcount > 0

    def _tagged(self, repository: str, tag: str) -> str:
        row = self._connection.execute(
            "SELECT digest FROM tags WHERE repository=? AND tag=?", (repository, tag)
        ).fetchone()
        return "" if row is None else str(row[0])

    def _one(self, table: str, repository: str, digest: str) -> bool:
        found = self._connection.execute(
            f"SELECT 1 FROM {table} WHERE repository=? AND digest=?",  # noqa: S608 - own names
            (repository, digest),
        )
        return found.fetchone() is not None

    def _rows(self, columns: str, table: str) -> Iterable[tuple[Any, ...]]:
        return self._connection.execute(f"SELECT {columns} FROM {table}")  # noqa: S608 - own names

    def _sweep(self) -> None:
        """Forget blobs that no manifest of their repository names: nobody is at pushing one now."""
        kept: set[tuple[str, str]] = set()
        for repository, content in self._rows("repository, content", "manifests"):
            kept |= {(repository, digest) for digest in named_by_content(content).blobs}
        with self.transaction():
            for repository, digest in [*self._rows("repository, digest", "blobs")]:
                if (repository, digest) not in kept:
                    self._connection.execute(
                        "DELETE FROM blobs WHERE repository=? AND digest=?", (repository, digest)
                    )
