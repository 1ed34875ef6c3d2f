"""Takes the announcement of a file that lies in ``raw``."""

import json
import re
import uuid
from dataclasses import dataclass
from typing import Self

from azure.core.exceptions import ResourceNotFoundError
from data_utils import names, storage
from data_utils.answers import filename_of
from data_utils.errors import InputError
from data_utils.records import Status, Subject, hop, write_status

_IS_JOB = re.compile("(?:[0-9a-f]{32})?")


@dataclass(frozen=True)
class Announcement:
    """A file that waits to be cut, and the job that stands for its way through the pipeline."""

    filename: str
    job: str

    def message(self) -> str:
        """Return the message for the queue."""
        return json.dumps({"filename": self.filename, "job": self.job})

    @classmethod
    def read(cls, message: bytes) -> Self:
        """Return what a message of the queue says; its job may be missing.

        Raises:
            InputError: It says something else.
        """
        filename = names.file_name(filename_of(message))
        job = json.loads(message).get("job", "")
        if not isinstance(job, str) or not _IS_JOB.fullmatch(job):
            raise InputError("the message has a job that is none of ours", code="bad-job")
        return cls(filename, job)


def announce(filename: str) -> Announcement:
    """Return a new announcement, recorded.

    Raises:
        InputError: The name is not allowed, or ``raw`` has no such file, or it is empty.
    """
    try:
        found = storage.blob(storage.RAW, names.file_name(filename)).get_blob_properties()
    except ResourceNotFoundError as fault:
        raise InputError(
            f"there is no {filename!r} in {storage.RAW}", code="not-in-raw", status=404
        ) from fault
    if found.size == 0:
        raise InputError(f"{filename!r} is empty", code="empty-file", status=422)
    subject = Subject(filename, job=uuid.uuid4().hex)
    with hop("orchestrator", "announce", subject):
        write_status(subject, Status.ANNOUNCED)
    return Announcement(filename, subject.job)
