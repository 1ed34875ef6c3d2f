"""The settings of function apps: their names, and how functions read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .errors import MissingSettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

INFO: Final = "DIGITAL_TWIN_INFO"
"""What the functions know of their twin (``info.py``)."""

CLOCK: Final = "DIGITAL_TWIN_CLOCK"
"""A clock that runs faster than the time of day (``clock.py``); only where time is made to pass."""

CLIENT_ID: Final = "AZURE_CLIENT_ID"
"""The identity of the app, which it has beside others."""

MOVERS_SCHEDULE: Final = "MOVERS_SCHEDULE"
"""When what has become old is moved on, as a timer takes it."""

L1_URL: Final = "L1_FUNCTIONS_URL"
L1_KEY: Final = "L1_FUNCTIONS_KEY"
L2_URL: Final = "L2_FUNCTIONS_URL"
L2_KEY: Final = "L2_FUNCTIONS_KEY"
L3_URL: Final = "L3_FUNCTIONS_URL"
"""Where the functions of a layer are, without a slash at the end, and the key to call them."""

INGESTION_URL: Final = "REMOTE_INGESTION_URL"
HOT_WRITER_URL: Final = "REMOTE_HOT_WRITER_URL"
COLD_WRITER_URL: Final = "REMOTE_COLD_WRITER_URL"
ARCHIVE_WRITER_URL: Final = "REMOTE_ARCHIVE_WRITER_URL"
HOT_READER_URL: Final = "REMOTE_HOT_READER_URL"
HOT_READER_LAST_ENTRY_URL: Final = "REMOTE_HOT_READER_LAST_ENTRY_URL"
ADT_PUSHER_URL: Final = "REMOTE_ADT_PUSHER_URL"
"""The whole addresses of receivers in another cloud."""

INGESTION_TOKEN: Final = "INGESTION_TOKEN"  # noqa: S105 - names of settings, as those below
HOT_WRITER_TOKEN: Final = "HOT_WRITER_TOKEN"  # noqa: S105
COLD_WRITER_TOKEN: Final = "COLD_WRITER_TOKEN"  # noqa: S105
ARCHIVE_WRITER_TOKEN: Final = "ARCHIVE_WRITER_TOKEN"  # noqa: S105
HOT_READER_TOKEN: Final = "HOT_READER_TOKEN"  # noqa: S105
ADT_PUSHER_TOKEN: Final = "ADT_PUSHER_TOKEN"  # noqa: S105
"""The token of each boundary, in sender and receiver alike (``tokens.py``)."""

COSMOS_ENDPOINT: Final = "COSMOS_DB_ENDPOINT"
COSMOS_KEY: Final = "COSMOS_DB_KEY"
COSMOS_DATABASE: Final = "COSMOS_DB_DATABASE"
COSMOS_CONTAINER: Final = "COSMOS_DB_CONTAINER"
BLOB_CONNECTION: Final = "BLOB_CONNECTION_STRING"
INFO_CONTAINER: Final = "TWIN_INFO_CONTAINER"
"""Where the documents of devices are (``devices.py``), in the account of the connection string."""

COLD_CONTAINER: Final = "COLD_STORAGE_CONTAINER"
ARCHIVE_CONTAINER: Final = "ARCHIVE_STORAGE_CONTAINER"
ADT_URL: Final = "ADT_INSTANCE_URL"
IOT_HUB_CONNECTION: Final = "IOT_HUB_CONNECTION_STRING"
WORKFLOW_URL: Final = "LOGIC_APP_TRIGGER_URL"


def require(environ: Mapping[str, str], *names: str) -> tuple[str, ...]:
    """Return the values of settings, in the order of their names.

    Raises:
        MissingSettingError: Some are not there or empty, all of them named.
    """
    missing = tuple(name for name in names if not environ.get(name))
    if missing:
        raise MissingSettingError(missing)
    return tuple(environ[name] for name in names)
