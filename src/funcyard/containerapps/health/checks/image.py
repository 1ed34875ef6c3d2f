"""Whether the image can be pulled and started, and is the one that was built."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import Depth, fails, passes, skips, warns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.containerapps.health.facts import Facts
    from funcyard.containerapps.health.results import Judgement
    from funcyard.containerapps.models import App

NAME: Final = "image"
_PULL: Final = re.compile(
    r"image ?pull|errimage|pull(?:ing)? (?:the )?image|failed to pull", re.IGNORECASE
)
_UNAUTHORIZED: Final = re.compile(
    r"unauthorized|\b401\b|\b403\b|denied|authentication", re.IGNORECASE
)
_ABSENT: Final = re.compile(
    r"not ?found|manifest[ _]unknown|does not exist|name_unknown", re.IGNORECASE
)
_UNSTARTABLE: Final = re.compile(
    r"exec format error|executable file not found|no such file or directory|permission denied",
    re.IGNORECASE,
)

_HAD_IMAGE: Final = frozenset({"containerstarted", "pulledimage"})
"""The platform's words for a container that has its image: what failed before is over."""


def check(facts: Facts) -> Judgement:
    """Judge the image of the latest revision."""
    app, main = facts.existing, facts.main
    if main is None:
        return skips("there is no container")
    where = f"funcyard orch logs --system --revision {app.latest_revision}"
    if not facts.all_ready:
        for told in _waiting(facts):
            if _UNSTARTABLE.search(told):
                message = f"{main.image} cannot be started: {_line(told)}"
                return fails(message, (told,), where)
            if _PULL.search(told):
                return _not_pulled(app, main.image, told)
    return _differs(facts) or _by_tag(main.image)


def _waiting(facts: Facts) -> Iterator[str]:
    """Yield what is told of containers that do not start: by the platform, then by replicas."""
    had_image: set[str] = set()
    for event in facts.told_of_latest():
        if event.reason.lower() in _HAD_IMAGE and len(facts.existing.template.containers) == 1:
            had_image.add(event.replica)
        elif event.is_warning and event.replica not in had_image:
            yield f"{event.reason}: {event.message}"
    for replica in facts.latest_replicas:
        for container in replica.every_container():
            if container.states.running_state.lower() != "running":
                yield container.states.details


def _not_pulled(app: App, image: str, told: str) -> Judgement:
    server = image.partition("/")[0]
    known = next((one for one in app.registries if one.server.lower() == server.lower()), None)
    if _UNAUTHORIZED.search(told) and not _ABSENT.search(told):
        if known is None:
            message = f"{server} lets nobody pull {image} without a sign-in, and the app has none"
            mend = f"az containerapp registry set -n {app.name} --server {server} --identity system"
            return fails(message, (told,), mend)
        if known.identity:
            message = f"{server} does not let the app's identity pull {image}"
            mend = "does that identity have AcrPull there? funcyard orch health --deep"
            return fails(message, (told,), mend, Depth.EFFECT)
        message = (
            f"{server} refuses the password of {known.username or 'the app'} (secret"
            f" {known.password_secret}): it is wrong, or it has expired"
        )
        mend = f"az containerapp registry set -n {app.name} --server {server} --identity system"
        return fails(message, (told,), mend)
    if _ABSENT.search(told):
        repository = image.partition("/")[2].partition("@")[0].partition(":")[0]
        message = f"there is no image {image}"
        mend = (
            f"az acr repository show-tags -n {server.partition('.')[0]} --repository {repository}"
        )
        return fails(message, (told,), mend)
    message = f"{image} cannot be pulled: {_line(told)}"
    mend = f"funcyard orch logs --system --revision {app.latest_revision}"
    return fails(message, (told,), mend)


def _differs(facts: Facts) -> Judgement | None:
    built = facts.built
    if built is None:
        return None
    if built.fault:
        return warns(f"not known whether it is what was built: {built.fault}")
    if not built.is_same:
        message = f"it is not what was built: {built.reference} is another image"
        seen = (f"built:   {built.digest}", f"running: {built.running}")
        mend = f"funcyard orch rollout --image {built.reference} --wait"
        return fails(message, seen, mend)
    if not built.is_proven:
        message = f"not known: its tag names now what was built, and {built.digest} may never"
        mend = f"funcyard orch rollout --image {built.reference} --wait"
        return warns(f"{message} have been pulled", next=mend)
    return None


def _by_tag(image: str) -> Judgement:
    name, _, digest = image.partition("@")
    if digest:
        return passes(f"{name} by its digest", (digest,))
    tag = name.rpartition("/")[2].partition(":")[2]
    if tag in ("", "latest"):
        message = f"{image} is whatever that tag names when a replica starts"
        mend = f"funcyard orch rollout --image {name} --dry-run"
        return warns(message, next=mend)
    return passes(f"{image}, which its tag may name no more")


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
