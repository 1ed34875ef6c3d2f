"""The tenant of a location: its id and the application that may ask for tokens, made once."""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.atomic import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

_SECRET_BYTES: Final = 30


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant with one application.

    Attributes:
        id: Of the tenant.
        client_id: Of the application.
        client_secret: What the application proves itself with.
    """

    id: str
    client_id: str
    client_secret: str = field(repr=False)


def tenant_of(folder: Path) -> Tenant:
    """Return the tenant that a folder keeps; one is made where none is kept.

    Raises:
        OSError: It can be neither read nor written.
        ValueError: What is kept is none.
    """
    path = folder / "tenant.json"
    try:
        return Tenant(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        made = Tenant(str(uuid.uuid4()), str(uuid.uuid4()), secrets.token_urlsafe(_SECRET_BYTES))
        write_atomically(path, json.dumps(asdict(made)), mode=0o600)
        return made
    except TypeError as fault:
        raise ValueError(str(path)) from fault
