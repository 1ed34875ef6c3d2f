"""The URL of a repository: what is allowed in one, and how two spellings are told to be one."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from funcyard.errors import UsageError

_LONGEST: Final = 2048
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]", re.ASCII)
_PATH: Final = re.compile(r"(?:/(?:[A-Za-z0-9._~@+-]|%[0-9A-Fa-f]{2})+)+/?", re.ASCII)
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_CASELESS_HOSTS: Final = frozenset({"github.com", "www.github.com"})
_HINT: Final = "Give it as https://HOST/OWNER/REPOSITORY.git; the token goes beside it."


class BadRepositoryUrlError(UsageError):
    """It is no URL of a repository that may be fetched from."""

    code = "repository-url"


@dataclass(frozen=True, slots=True)
class RepositoryUrl:
    """A repository served over HTTPS; over plain HTTP on this machine's loopback only.

    Attributes:
        text: What Git is given; never with credentials in it.
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the URL with scheme and host in lower case, without the port that goes unsaid.

        Raises:
            BadRepositoryUrlError: Its scheme is another, it holds credentials, a query or a
                fragment, or it names no repository. The message repeats nothing of a URL that
                holds credentials.
        """
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise _bad("That is not a URL") from None
        scheme, host = parts.scheme, (parts.hostname or "")
        if parts.username is not None or parts.password is not None or "@" in parts.netloc:
            raise _bad("The repository's URL holds credentials")
        if len(text) > _LONGEST or not text.isascii() or not text.isprintable() or " " in text:
            raise _bad("The repository's URL is too long or holds characters that a URL cannot")
        if scheme not in _DEFAULT_PORTS:
            raise _bad(f"A repository is fetched over https, not as {text!r}")
        if scheme == "http" and not _is_loopback(host):
            raise _bad(f"A repository is fetched over https; {text!r} is not encrypted")
        host = f"[{host}]" if ":" in host else host
        if not _HOST.fullmatch(host) or not _names_a_repository(text, parts.path):
            raise _bad(f"{text!r} names no repository")
        stated = "" if port in {None, _DEFAULT_PORTS[scheme]} else f":{port}"
        return cls(f"{scheme}://{host}{stated}{parts.path.rstrip('/')}")

    @property
    def encrypted(self) -> bool:
        """Whether it is served over HTTPS."""
        return self.text.startswith("https:")

    @property
    def origin(self) -> str:
        """Scheme, host and port, with a slash: what a credential of it is meant for."""
        parts = urlsplit(self.text)
        return f"{parts.scheme}://{parts.netloc}/"

    @property
    def host(self) -> str:
        """Host, and the port where it is said."""
        return urlsplit(self.text).netloc

    @property
    def key(self) -> str:
        """Name a folder for it: equal for spellings that mean the same repository."""
        parts = urlsplit(self.text)
        path = parts.path.removesuffix(".git")
        path = path.lower() if parts.netloc in _CASELESS_HOSTS else path
        return hashlib.sha256(f"{parts.scheme}://{parts.netloc}{path}".encode()).hexdigest()[:40]

    def __str__(self) -> str:
        return self.text


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _names_a_repository(text: str, path: str) -> bool:
    dots = {unquote(name) for name in path.split("/")} & {".", ".."}
    return not set("?#") & set(text) and not dots and bool(_PATH.fullmatch(path))


def _bad(message: str) -> BadRepositoryUrlError:
    return BadRepositoryUrlError(f"{message}.", hint=_HINT)
