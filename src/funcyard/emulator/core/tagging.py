"""Tags, which every resource that has any takes, and the address where they are changed alone.

https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core import errors, placing
from funcyard.emulator.core.target import read
from funcyard.emulator.core.versions import RESOURCES
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.records import Json, Kept

_MOST: Final = 50
_LONGEST_NAME: Final = 512
_LONGEST_VALUE: Final = 256
_FORBIDDEN: Final = frozenset("<>%&\\?/")


def check_tags(tags: object) -> None:
    """Refuse what are no tags.

    Raises:
        ArmError: Says why.
    """
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise errors.bad_content("Expected an object of strings. Path 'tags'.")
    if len(tags) > _MOST:
        raise errors.refused(
            400,
            "InvalidTagsCount",
            f"The number of tags '{len(tags)}' exceeds the maximum of '{_MOST}'.",
        )
    for name, value in tags.items():
        if not name or len(name) > _LONGEST_NAME or _FORBIDDEN & set(name):
            raise errors.refused(
                400,
                "InvalidTagNameCharacters" if name else "InvalidTagName",
                f"The tag name '{name}' has reserved characters '<,>,%,&,\\,?,/' or is too long.",
            )
        if len(value) > _LONGEST_VALUE:
            raise errors.refused(
                400,
                "TagValueTooLarge",
                f"The value of the tag '{name}' exceeds {_LONGEST_VALUE} characters.",
            )


def is_tags(path: str) -> bool:
    """Whether an address is that of something's tags."""
    return path.lower().endswith("/providers/microsoft.resources/tags/default")


async def answer(call: Call) -> Answer:
    """Show, replace, change or delete the tags of a group or resource.

    Raises:
        ArmError: It is not there, or may not be tagged so.
    """
    call.check_version("Microsoft.Resources/tags", RESOURCES)
    kept = _tagged(call)
    old: dict[str, str] = kept.body.get("tags") or {}
    method = call.request.method
    if method == "GET":
        return _shown(kept, old)
    if method == "DELETE":
        new: dict[str, str] = {}
    elif method in {"PUT", "PATCH"}:
        body = call.body()
        properties = body.get("properties") or {}
        if not isinstance(properties, dict):
            raise errors.bad_content("Expected an object. Path 'properties'.")
        given = properties.get("tags") or {}
        check_tags(given)
        new = given if method == "PUT" else _patched(old, given, str(body.get("operation")))
        check_tags(new)
    else:
        raise errors.not_allowed(method)
    now = call.core.clock.stamp()
    call.core.store.save(replace(kept, body={**kept.body, "tags": new}, changed=now))
    return Answer(200) if method == "DELETE" else _shown(kept, new)


def _tagged(call: Call) -> Kept:
    scope = call.named.scope
    target, _ = read(scope)
    if target is None:
        raise errors.not_allowed(call.request.method)
    kind = call.core.registry.find(target.type)
    kept = call.core.store.find(target.key)
    if kept is None:
        raise placing.absent(kind, placing.spelled(target, kind))
    if not kind.is_tagged:
        raise errors.refused(
            400,
            "ResourceTypeDoesNotSupportTags",
            f"The resource type '{kind.name}' does not support tags.",
        )
    placing.check_free(call.core, kind, target, kept)
    return kept


def _patched(old: Json, given: Json, operation: str) -> Json:
    """Return tags after a patch; what is deleted is so where name and value are those given.

    A name is the same in any case.
    """
    named = {name.lower(): value for name, value in given.items()}
    if operation.lower() == "merge":
        left = {name: value for name, value in old.items() if name.lower() not in named}
        return {**left, **given}
    if operation.lower() == "replace":
        return given
    if operation.lower() == "delete":
        return {name: value for name, value in old.items() if named.get(name.lower()) != value}
    raise errors.bad_content(f"Error converting value '{operation}'. Path 'operation'.")


def _shown(kept: Kept, tags: Json) -> Answer:
    return Answer(
        200,
        {
            "id": f"{kept.id}/providers/Microsoft.Resources/tags/default",
            "name": "default",
            "type": "Microsoft.Resources/tags",
            "properties": {"tags": tags},
        },
    )
