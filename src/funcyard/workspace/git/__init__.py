"""A Git repository as the source of a workspace: its commits fetched, verified and read.

``remote.remote_head`` asks where a branch is; ``RepositoryCache.fetch`` brings one commit into a
bare repository of our own (``cache.py``, ``fetching.py``) and returns its ``GitTree``, which names
every file by Git's own object id and reads contents out of the cache. Every step is the real
``git`` as a process of its own (``process.py``), under settings of ours alone (``settings.py``).
"""

from funcyard.workspace.git.address import BadRepositoryUrlError, RepositoryUrl
from funcyard.workspace.git.branches import BadBranchError
from funcyard.workspace.git.cache import RepositoryCache
from funcyard.workspace.git.failures import (
    BadCommitError,
    CacheBrokenError,
    CacheBusyError,
    CacheFullError,
    GitError,
    NoSuchBranchError,
    NoSuchCommitError,
    NoSuchRepositoryError,
    RepositoryMovedError,
    RepositoryRefusedError,
    RepositoryTimeoutError,
    RepositoryTooLargeError,
    RepositoryUnreachableError,
    UnsafeObjectsError,
)
from funcyard.workspace.git.limits import Limits
from funcyard.workspace.git.process import Git, GitMissingError
from funcyard.workspace.git.progress import Progress
from funcyard.workspace.git.remote import remote_head
from funcyard.workspace.git.token import BadTokenError, Token
from funcyard.workspace.git.tree import GitTree

__all__ = [
    "BadBranchError",
    "BadCommitError",
    "BadRepositoryUrlError",
    "BadTokenError",
    "CacheBrokenError",
    "CacheBusyError",
    "CacheFullError",
    "Git",
    "GitError",
    "GitMissingError",
    "GitTree",
    "Limits",
    "NoSuchBranchError",
    "NoSuchCommitError",
    "NoSuchRepositoryError",
    "Progress",
    "RepositoryCache",
    "RepositoryMovedError",
    "RepositoryRefusedError",
    "RepositoryTimeoutError",
    "RepositoryTooLargeError",
    "RepositoryUnreachableError",
    "RepositoryUrl",
    "Token",
    "UnsafeObjectsError",
    "remote_head",
]
