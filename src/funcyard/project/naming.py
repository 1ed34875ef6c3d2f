"""Names made from names: one place says how an app's name becomes a variable or an identifier.

The rules, the shorthand of the spec and the templates all derive from an app's name; they must
derive the same, or a collision would be found in one place and happen in another.
"""

from __future__ import annotations

import keyword
import re

KEBAB = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
"""Pattern of project and app names: what Compose services, image names and Azure sites share."""

LONGEST_NAME = 60
"""Of a function app in Azure, shortest 2 (resource name rules, Microsoft.Web/sites)."""

CONTAINER = r"[a-z0-9]+(?:-[a-z0-9]+)*"
"""Pattern of blob containers and queues (naming rules of the two services)."""

TABLE = r"[A-Za-z][A-Za-z0-9]*"
"""Pattern of tables (naming rules of the table service)."""

LONGEST_STORAGE_NAME = 63
"""Of containers, queues and tables; the shortest is 3."""

VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
"""Pattern of environment variables that every shell can set."""

SETTING = r"%[A-Za-z_][A-Za-z0-9_.:-]*%"
"""Pattern of a value that a setting gives when the app starts."""

FUNCTION_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,126}\Z")
"""What the Functions host admits (``^[a-z][a-z0-9_\\-]{0,127}$``, any case) that is Python too."""


def env_prefix(app: str) -> str:
    """Return what an app's environment variables begin with: ``my-app`` gives ``MY_APP``."""
    return re.sub(r"[^A-Z0-9]", "_", app.upper())


def identifier(name: str) -> str:
    """Return a Python identifier for a name of the spec: ``data-utils`` gives ``data_utils``."""
    made = re.sub(r"\W", "_", name, flags=re.ASCII).lower()
    return made if made[:1].isalpha() else f"f_{made}".rstrip("_")


def is_usable_function_name(name: str) -> bool:
    """Whether a function may be called that in Azure and in Python."""
    return (
        FUNCTION_NAME.match(name) is not None
        and not keyword.iskeyword(name)
        and name.lower() != "host"
    )
