"""What an address of the Resource Manager names: a resource, and what it hangs on.

Ids are compared without regard to case. An extension, such as a role assignment, hangs on anything
that has an id: whatever stands before the last ``/providers/``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

GROUP_TYPE: Final = "Microsoft.Resources/resourceGroups"

_SUBSCRIPTION: Final = re.compile(r"/subscriptions/([^/]+)", re.IGNORECASE)
_GROUP: Final = re.compile(r"/subscriptions/[^/]+/resourcegroups/([^/]+)", re.IGNORECASE)
_PROVIDERS: Final = "/providers/"


@dataclass(frozen=True, slots=True)
class Target:
    """A resource, there or not.

    Attributes:
        scope: What it hangs on: the tenant (empty), a subscription, a group or a resource.
        type: Its type as the address spells it, such as ``Microsoft.Storage/storageAccounts``.
        names: Its name, its parents' before it.
    """

    scope: str
    type: str
    names: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its id."""
        if self.type == GROUP_TYPE:
            return f"{self.scope}/resourceGroups/{self.names[0]}"
        namespace, *kinds = self.type.split("/")
        pairs = "/".join(f"{kind}/{name}" for kind, name in zip(kinds, self.names, strict=True))
        return f"{self.scope}{_PROVIDERS}{namespace}/{pairs}"

    @property
    def key(self) -> str:
        """Its id, as ids are compared."""
        return self.id.lower()

    @property
    def name(self) -> str:
        """Its own name."""
        return self.names[-1]

    @property
    def namespace(self) -> str:
        """Its provider's."""
        return self.type.partition("/")[0]

    @property
    def subscription(self) -> str:
        """The id of its subscription, or nothing."""
        return subscription_of(self.scope)

    @property
    def group(self) -> str:
        """The name of its resource group, or nothing."""
        return group_of(self.id)

    @property
    def parent(self) -> Target | None:
        """What it is part of; None where it stands on its own."""
        if len(self.names) == 1:
            return None
        return Target(self.scope, self.type.rpartition("/")[0], self.names[:-1])

    def child(self, kind: str, name: str) -> Target:
        """Return a part of it."""
        return Target(self.scope, f"{self.type}/{kind}", (*self.names, name))


def subscription_of(text: str) -> str:
    """Return the subscription that an id begins with, or nothing."""
    found = _SUBSCRIPTION.match(text)
    return found[1] if found else ""


def group_of(text: str) -> str:
    """Return the resource group that an id begins with, or nothing."""
    found = _GROUP.match(text)
    return found[1] if found else ""


def group(subscription: str, name: str) -> Target:
    """Return a resource group."""
    return Target(f"/subscriptions/{subscription}", GROUP_TYPE, (name,))


def read(text: str) -> tuple[Target | None, str | None]:
    """Take an address apart: the resource, and a word behind it that is no name.

    The word is an action, or the last part of a type whose resources are listed. Of a list of
    resources that stand on their own, the target has their type and no name.
    """
    text = text.rstrip("/")
    at = text.lower().rfind(_PROVIDERS)
    if at < 0:
        found = _GROUP.fullmatch(text)
        return (group(subscription_of(text), found[1]), None) if found else (None, None)
    scope, rest = text[:at], text[at + len(_PROVIDERS) :].split("/")
    namespace, words = rest[0], rest[1:]
    word = words.pop() if len(words) % 2 else None
    kinds, names = words[::2], tuple(words[1::2])
    kind = "/".join((namespace, *kinds))
    # The address of a group is another, and a group lies in no other.
    if not all((namespace, *kinds, *names)) or kind.lower() == GROUP_TYPE.lower():
        return None, None
    return Target(scope, kind, names), word
