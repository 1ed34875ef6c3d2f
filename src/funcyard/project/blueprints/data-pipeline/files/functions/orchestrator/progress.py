"""Tells from ``ProcessingStatus`` how far a file has come."""

from collections.abc import Iterable, Mapping
from typing import Any

from data_utils import names, storage
from data_utils.errors import InputError
from data_utils.records import PROCESSING_STATUS, Status

Entity = Mapping[str, Any]

_NEVER_TAKEN_BACK = (Status.LOADED, Status.COMPLETED)


def progress_of(filename: str) -> dict[str, object]:
    """Return the progress of the file's latest announcement.

    Raises:
        InputError: The name is not allowed, or no such file was announced.
    """
    parameters = {"file": names.file_name(filename)}
    found = storage.table(PROCESSING_STATUS).query_entities(
        "PartitionKey eq @file", parameters=parameters
    )
    return summary(filename, found)


def summary(filename: str, entities: Iterable[Entity]) -> dict[str, object]:
    """Return where the latest announcement stands, from all entities of the file.

    What was loaded stays loaded, whatever a repeated hop reports later. The file is ``failed``
    while the latest word on it, or on a chunk that is not loaded, is a failure; a retry may mend
    that.
    """
    ordered = sorted(entities, key=lambda entity: str(entity["RowKey"]))
    announced = [entity for entity in ordered if entity["status"] == Status.ANNOUNCED]
    if not announced:
        raise InputError(f"{filename!r} was never announced", code="unknown-file", status=404)
    start = announced[-1]
    of_job = [entity for entity in ordered if entity["job"] == start["job"]]
    latest = {entity["chunk"]: entity for entity in of_job}
    latest |= {
        entity["chunk"]: entity for entity in of_job if entity["status"] in _NEVER_TAKEN_BACK
    }
    faults = [entity for entity in latest.values() if entity["status"] == Status.FAILED]
    of_file = latest.pop(0)
    loaded = [entity for entity in latest.values() if entity["status"] == Status.LOADED]
    status = of_file["status"]
    if faults and status != Status.COMPLETED:
        status = Status.FAILED
    return {
        "filename": filename,
        "job": start["job"],
        "status": status,
        "announced": start["RowKey"],
        "chunks": max(entity["chunks"] for entity in of_job),
        "chunks_loaded": len(loaded),
        "rows_loaded": sum(entity["processed_rows"] for entity in loaded),
        "errors": [entity["error_message"] for entity in faults],
    }
