"""Whether the settings are there that a Functions host needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import fails, passes, skips

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Facts
    from funcyard.containerapps.health.results import Judgement

NAME: Final = "settings"
STORAGE: Final = "AzureWebJobsStorage"
BY_IDENTITY: Final = ("__accountname", "__blobserviceuri", "__serviceuri")
"""What the setting's name goes on with where an identity signs in instead of a key.
https://learn.microsoft.com/azure/azure-functions/functions-identity-based-connections-tutorial
"""


def check(facts: Facts) -> Judgement:
    """Judge the environment of the container that requests go to."""
    app, main = facts.existing, facts.main
    if main is None:
        return skips("there is no container")
    known = {one.name for one in app.secrets}
    dangling = [one for one in main.variables if one.secret and one.secret not in known]
    if dangling:
        first = dangling[0]
        message = f"{first.name} refers to the secret {first.secret}, which the app has not"
        mend = f"az containerapp secret set -n {app.name} --secrets {first.secret}=…"
        return fails(message, next=mend)
    if not facts.is_functions:
        return skips("nothing says that it is a Functions app (--expect)")
    names = {one.name.lower(): one for one in main.variables}
    if any(f"{STORAGE}{end}".lower() in names for end in BY_IDENTITY):
        return passes(f"{STORAGE} by identity")
    given = names.get(STORAGE.lower())
    if given is not None and (given.secret or (given.value or "").strip()):
        return passes(f"{STORAGE} is set")
    word = "is empty" if given is not None else "is missing"
    message = f"{STORAGE} {word}: keys, timers, queues and durable functions do not work without"
    mend = (
        f"az containerapp update -g {facts.resource.group} -n {app.name}"
        f" --set-env-vars {STORAGE}=secretref:SECRET"
    )
    seen = (f"it has {', '.join(one.name for one in main.variables) or 'no variables'}",)
    return fails(message, seen, mend)
