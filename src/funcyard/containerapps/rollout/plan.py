"""What a rollout sends: the app's list of containers as Azure last told it, one of them changed.

Azure merges what is sent into the app (JSON merge patch), but takes a list whole
(https://datatracker.ietf.org/doc/html/rfc7396), so all containers go back with all that they have.
Of the app's configuration nothing is sent: secrets are not in what was read, so putting it back
would lose them.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from funcyard.containerapps.documents import at, listed, text
from funcyard.errors import UsageError
from funcyard.oci.reference import read_reference
from funcyard.output import first_few

if TYPE_CHECKING:
    from funcyard.containerapps.documents import Document

STAMP: Final = "FUNCYARD_ROLLOUT"
"""The variable by which a revision is made of what is there already; it holds the time."""

_HIDDEN: Final = "…"


class RolloutError(UsageError):
    """A rollout cannot be meant so."""

    code = "bad-rollout"


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be sent.

    Attributes:
        container: Name of the container that changes.
        before: The reference of its image until now.
        after: The reference of its image from then on.
        stamp: What :data:`STAMP` is set to; empty where it is left.
        containers: All containers, as they are sent.
        former: All containers, as they were read.
        suffix: The suffix that the last revision was given; empty for none.
    """

    container: str
    before: str
    after: str
    stamp: str
    containers: list[Document]
    former: list[Document]
    suffix: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether it would change nothing."""
        return self.containers == self.former

    @property
    def body(self) -> Document:
        """What is sent."""
        return _body(self.containers, self.suffix)

    def undone(self) -> Plan:
        """Return the plan that brings the former containers back."""
        return replace(
            self,
            before=self.after,
            after=self.before,
            stamp="",
            containers=self.former,
            former=self.containers,
        )

    def is_in(self, app: Document) -> bool:
        """Tell whether an app has what was sent."""
        return _says(listed(app, "properties", "template", "containers"), self.containers)

    def shown(self) -> Document:
        """Return what is sent, without what people put secrets into."""
        body = self.body
        for container in body["properties"]["template"]["containers"]:
            for variable in listed(container, "env"):
                if variable.get("value") and variable.get("name") != STAMP:
                    variable["value"] = _HIDDEN
            for name in ("args", "command"):
                if container.get(name):
                    container[name] = [_HIDDEN]
        return body


def plan_rollout(app: Document, *, image: str = "", stamp: str = "", container: str = "") -> Plan:
    """Return what a rollout of an app would send.

    Args:
        app: The app, as Azure told it.
        image: The new image, with its digest; empty to leave it.
        stamp: What makes a revision of what is there; empty for nothing.
        container: Which one; empty where there is one only.

    Raises:
        RolloutError: The app has no such container, or several and none is named.
    """
    former = at(app, "properties", "template", "containers")
    former = former if isinstance(former, list) else []
    chosen = _chosen(app, former, container)
    containers = copy.deepcopy(former)
    changed = containers[chosen]
    before = text(changed, "image")
    if image and not is_same(before, image):
        changed["image"] = image
    if stamp:
        changed["env"] = [
            *(one for one in changed.get("env") or [] if at(one, "name") != STAMP),
            {"name": STAMP, "value": stamp},
        ]
    return Plan(
        container=text(changed, "name"),
        before=before,
        after=text(changed, "image"),
        stamp=stamp,
        containers=containers,
        former=copy.deepcopy(former),
        suffix=text(app, "properties", "template", "revisionSuffix"),
    )


def is_same(one: str, other: str) -> bool:
    """Tell whether two references are certainly of the same image: the same digest."""
    if one == other:
        return True
    read, wanted = read_reference(one), read_reference(other)
    if read is None or wanted is None or not read.digest:
        return False
    return (read.name, read.digest) == (wanted.name, wanted.digest)


def _chosen(app: Document, containers: list[Any], name: str) -> int:
    names = [text(one, "name") for one in containers]
    if name and name in names:
        return names.index(name)
    whose = text(app, "name")
    if name:
        raise RolloutError(f"{whose} has no container {name}", hint=f"there are {first_few(names)}")
    if len(names) == 1:
        return 0
    if not names:
        raise RolloutError(f"{whose} has no container")
    raise RolloutError(
        f"{whose} has {len(names)} containers, and none is named",
        hint=f"--container {names[0]}; there are {first_few(names)}",
    )


def _body(containers: list[Document], suffix: str) -> Document:
    template: Document = {"containers": copy.deepcopy(containers)}
    if suffix:
        # It would be given to the new revision, too, and no two may have the same.
        template["revisionSuffix"] = ""
    return {"properties": {"template": template}}


def _says(found: object, wanted: object) -> bool:
    """Tell whether a document holds all that another one says; Azure adds what it fills in."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            _says(found.get(name), value) for name, value in wanted.items() if value is not None
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(_says(one, other) for one, other in zip(found, wanted, strict=True))
        )
    return found == wanted
