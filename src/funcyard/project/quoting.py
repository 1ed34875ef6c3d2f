"""Quoting of a spec's values for every language that the templates write.

A description may hold quotes, newlines, ``${…}``, ``*/`` or a whole script: whatever it holds, it
stays one value of the file it lands in. Each function takes any text and returns source text of
its language; the renderer offers them to the templates as filters of the same names.
"""

from __future__ import annotations

import json
import re
import shlex
import textwrap
import unicodedata

_WIDTH = 94
_PLAIN_YAML = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_YAML_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_PLAIN_ENV = re.compile(r"[A-Za-z0-9_./:@%+,=-]*")
_PLAIN_DEFAULT = re.compile(r"[A-Za-z0-9_./:@%+,= -]*")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


def one_line(text: str) -> str:
    """Return ``text`` on one line, control and invisible characters dropped, for comments."""
    kept = (" " if ch.isspace() else ch for ch in text if ch.isspace() or ch.isprintable())
    return " ".join("".join(kept).split())


def json_string(value: object) -> str:
    """Return ``value`` as JSON, printable characters as they are."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(json.dumps(ch)[1:-1] if _is_invisible(ch) else ch for ch in text)


def yaml(text: str) -> str:
    """Return a YAML scalar that is the string ``text``, plain where nothing can mistake it."""
    if _PLAIN_YAML.fullmatch(text) and text.lower() not in _YAML_WORDS:
        return text
    return _double_quoted(text)


def compose_variable(name: str, default: str) -> str:
    """Return a YAML scalar: variable ``name`` of the environment, else ``default``.

    Compose cannot express every default inside ``${…}``; one it cannot must be set.
    """
    if compose_takes(default):
        return _double_quoted(f"${{{name}:-{default}}}")
    return _double_quoted(f"${{{name}:?set {name} in .env.local}}")


def compose_takes(default: str) -> bool:
    """Whether Compose can express a variable's default inside ``${…}``."""
    return _PLAIN_DEFAULT.fullmatch(default) is not None


def starlark(value: object) -> str:
    """Return a Starlark literal of strings, numbers, lists and dicts of them."""
    if isinstance(value, dict):
        inner = ", ".join(f"{starlark(key)}: {starlark(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(starlark(item) for item in value)}]"
    if isinstance(value, str):
        return _double_quoted(value)
    return str(value)


def python(text: str) -> str:
    """Return a Python string literal in double quotes."""
    return _double_quoted(text)


def docstring(text: str) -> str:
    """Return ``text`` for use between the quotes of a Python docstring, wrapped."""
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return textwrap.fill(escaped, _WIDTH, break_long_words=False, break_on_hyphens=False)


def toml(text: str) -> str:
    """Return a TOML basic string."""
    return _double_quoted(text)


def dotenv(text: str) -> str:
    """Return a value of a ``.env`` file, as Docker Compose and Funcyard read it."""
    if _PLAIN_ENV.fullmatch(text):
        return text
    if "'" not in text and "\n" not in text and "\r" not in text:
        return f"'{text}'"
    escapes = {**_SHORT, "$": "\\$"}
    return f'"{"".join(escapes.get(ch, ch) for ch in text)}"'


def docker(text: str) -> str:
    """Return a word of a Dockerfile's shell instruction: one line, quoted for the shell."""
    return shlex.quote(one_line(text))


def markdown(text: str) -> str:
    """Return ``text`` on one line, so that no character of it is markup."""
    return _MARKDOWN.sub(r"\\\1", one_line(text))


def _double_quoted(text: str) -> str:
    """Quote for YAML, TOML, Python and Starlark, which share these escapes."""
    return f'"{"".join(_escaped(ch) for ch in text)}"'


def _escaped(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if not _is_invisible(char):
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the BMP's end


def _is_invisible(char: str) -> bool:
    return not char.isprintable() or unicodedata.category(char) == "Cf"
