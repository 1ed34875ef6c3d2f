"""How queues, blob containers and tables may be called.

https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata
https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
"""

from __future__ import annotations

import re

_WORDS = r"(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*"
QUEUE = re.compile(_WORDS)
CONTAINER = re.compile(rf"\$(?:root|web|logs)|{_WORDS}")
TABLE = re.compile(r"(?!tables$)[A-Za-z][A-Za-z0-9]{2,62}", re.IGNORECASE)
"""Names that match in full can exist; one name of a table is reserved."""
