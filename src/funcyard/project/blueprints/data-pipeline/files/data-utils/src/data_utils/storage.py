"""Containers and tables of the pipeline, from the connection string ``AzureWebJobsStorage``."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from azure.core import MatchConditions
from azure.core.exceptions import ResourceModifiedError, ResourceNotFoundError
from azure.data.tables import TableClient, TableServiceClient
from azure.storage.blob import BlobClient, BlobServiceClient

from data_utils import settings

CONNECTION = "AzureWebJobsStorage"

RAW = "raw"
QUEUED = "queued"
PROCESSED = "processed"
LOADED = "loaded"


@dataclass(frozen=True)
class Content:
    """A blob as it was at one moment."""

    data: bytes
    metadata: dict[str, str]
    etag: str
    modified: datetime


def blob(container: str, name: str) -> BlobClient:
    """Return the client of a blob."""
    return _blob_service(settings.text(CONNECTION)).get_blob_client(container, name)


def table(name: str) -> TableClient:
    """Return the client of a table."""
    return _table_service(settings.text(CONNECTION)).get_table_client(name)


def exists(container: str, name: str) -> bool:
    """Tell whether a blob exists."""
    return blob(container, name).exists()


def fetch(container: str, name: str) -> Content | None:
    """Return a blob's content with the facts that belong to it, or None where there is none."""
    try:
        download = blob(container, name).download_blob()
        data = download.readall()
    except ResourceNotFoundError:
        return None
    facts = download.properties
    return Content(data, dict(facts.metadata), facts.etag, facts.last_modified)


def store(container: str, name: str, data: bytes, metadata: dict[str, str]) -> None:
    """Write a blob, whole or not at all, over what is there."""
    blob(container, name).upload_blob(data, overwrite=True, metadata=metadata)


def remove(container: str, name: str, content: Content) -> None:
    """Delete a blob unless it is gone already or has been written anew since it was fetched.

    Whoever wrote it anew has work with it still to come.
    """
    try:
        blob(container, name).delete_blob(
            etag=content.etag, match_condition=MatchConditions.IfNotModified
        )
    except (ResourceNotFoundError, ResourceModifiedError):
        return


@lru_cache(maxsize=2)
def _blob_service(connection: str) -> BlobServiceClient:
    return BlobServiceClient.from_connection_string(connection)


@lru_cache(maxsize=2)
def _table_service(connection: str) -> TableServiceClient:
    return TableServiceClient.from_connection_string(connection)
