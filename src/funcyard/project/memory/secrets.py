"""Key-like material: what the memory refuses to hold, recognised by its form.

``refuse`` guards what a person adds; ``withhold`` takes secrets out of what Funcyard writes and
says which kind was there, never the value. Forms are those of Azure and of the services that Python
projects on Azure meet; a false alarm costs a rewording, a miss costs a key in Git.
"""

from __future__ import annotations

import re

from funcyard.errors import UsageError

_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*")),
    (
        "a connection string's key",
        re.compile(
            r"(?i)\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|SharedSecretValue)\s*="
            r"\s*[^;\s]+"
        ),
    ),
    ("a shared access signature", re.compile(r"(?i)[?&;]sig=[^&\s;]+")),
    ("a storage account key", re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==")),
    ("a function key", re.compile(r"(?i)(?:[?&]code=|x-functions-key\s*[:=]\s*)[^&\s]{8,}")),
    ("a function key", re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{6}==")),
    ("a service key", re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{43}=(?![A-Za-z0-9+/=])")),
    (
        "a client secret",
        re.compile(r"(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}"),
    ),
    ("a web token", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")),
    ("a bearer token", re.compile(r"(?i)\bbearer\s+[A-Za-z0-9._~+/-]{16,}=*")),
    (
        "an access token",
        re.compile(
            r"\b(?:gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}"
            r"|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[A-Z0-9]{16}|npm_[A-Za-z0-9]{30,}"
            r"|pypi-[A-Za-z0-9_-]{30,}|sk-[A-Za-z0-9_-]{20,})"
        ),
    ),
    ("a password in an address", re.compile(r"(?<=://)[^/\s:@`]+:[^/\s@`]+(?=@)")),
    (
        "a password or key",
        re.compile(
            r"(?i)\b[\w.-]{0,40}?(?:password|passwd|pwd|secret|api[_-]?key|account[_-]?key|access[_-]?key"
            r"|token)[\w]*[\"']?\s*[=:]\s*[\"'`]?(?=[^\s\"'`]*[0-9+~!@#$%^&*])"
            r"(?![\"'`]?(?:\$|<|\{|%))[^\s\"'`]{8,}"
        ),
    ),
)


class SecretRefusedError(UsageError):
    """What should be remembered looks like a secret."""

    code = "secret-refused"


def find_secret(text: str) -> str | None:
    """Return what kind of secret ``text`` seems to hold, None where it seems to hold none."""
    return next((kind for kind, form in _FORMS if form.search(text)), None)


def refuse(text: str, *, what: str) -> None:
    """Raise where ``text`` seems to hold a secret.

    Raises:
        SecretRefusedError: It does; the message names ``what`` and the kind, never the value.
    """
    if kind := find_secret(text):
        raise SecretRefusedError(
            f"{what} looks like it holds {kind}; memory never holds a secret",
            hint="write where the secret lies instead, such as `.env.local` or a key vault",
        )


def withhold(text: str) -> tuple[str, tuple[str, ...]]:
    """Return ``text`` with each secret replaced by words, and the kinds that were found."""
    kinds: list[str] = []
    for kind, form in _FORMS:
        text, times = form.subn(f"(withheld: {kind})", text)
        kinds += [kind] * bool(times)
    return text, tuple(kinds)
