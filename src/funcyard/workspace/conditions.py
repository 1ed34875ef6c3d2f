"""What must hold for something to be changed: ``If-Match`` and ``If-None-Match`` without HTTP.

Azure Files refuses ``If-Match``, so it is checked here, under the scope's lease. What is to be
changed is told by its ETag: a file by its content's hash, a folder by its tag
(:mod:`.versions.folder_tags`), a workspace by the name of the version that runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Collection


class ContentChangedError(UserError):
    """What shall be changed is not, or no longer, what the caller means to change.

    Attributes:
        etag: What it is now; None where nothing is there.
    """

    code = "workspace-content-changed"

    def __init__(self, what: str, etag: str | None) -> None:
        super().__init__(
            f"{what} is not what it is expected to be: somebody changed it",
            hint="read it again, then change it",
        )
        self.etag = etag


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of a file, a folder or a workspace.

    Attributes:
        match: ETags of which it must have one; ``*`` for any, so that it must exist. None asks
            nothing.
        none_match: ETags of which it must have none; ``*`` so that it must not exist.
    """

    match: Collection[str] | None = None
    none_match: Collection[str] = ()

    def check(self, what: str, etag: str | None) -> None:
        """Check it.

        Args:
            what: Is to be changed, for a person.
            etag: That it has; None where it is not there.

        Raises:
            ContentChangedError: It does not hold.
        """
        etags = {"*", etag} if etag is not None else set()
        missed = self.match is not None and etags.isdisjoint(self.match)
        if missed or not etags.isdisjoint(self.none_match):
            raise ContentChangedError(what, etag)


ALWAYS: Final = Condition()
"""Nothing must hold."""
