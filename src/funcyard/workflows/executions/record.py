"""An execution as it was read, with what is needed to change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.workflows.executions import rows
from funcyard.workflows.executions.table import etag_of

if TYPE_CHECKING:
    from funcyard.workflows.executions.model import Execution


@dataclass(frozen=True, slots=True)
class Record:
    """An execution as it was read.

    Attributes:
        execution: What it says.
        etag: Its row's.
        row: All of it, with what lies there besides the execution.
    """

    execution: Execution
    etag: str
    row: rows.Row

    @classmethod
    def of(cls, row: rows.Row) -> Record:
        """Return the record of a row that was read."""
        return cls(rows.from_row(row), etag_of(row), dict(row))

    @property
    def logs(self) -> str | None:
        """What it has logged, where that lies in the row."""
        found = self.row.get("Logs")
        return None if found is None else str(found)
