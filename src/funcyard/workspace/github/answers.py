"""What is read of GitHub's answers; everything else in them is let be."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Permissions(BaseModel):
    """What the token's owner may do in a repository."""

    admin: bool = False


class Repository(BaseModel):
    """A repository.

    Attributes:
        id: GitHub's, which stays when it is renamed.
        full_name: Owner and name.
        default_branch: Where it starts.
        archived: Nothing is pushed to it any more.
        disabled: GitHub closed it.
        permissions: Of the token's owner; None where GitHub does not say.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    full_name: str
    default_branch: str = ""
    archived: bool = False
    disabled: bool = False
    permissions: Permissions | None = None


class HookConfig(BaseModel):
    """Where a webhook delivers to."""

    url: str = ""


class Hook(BaseModel):
    """A webhook of a repository."""

    model_config = ConfigDict(frozen=True)

    id: int
    active: bool = True
    events: tuple[str, ...] = ()
    config: HookConfig = Field(default_factory=HookConfig)
