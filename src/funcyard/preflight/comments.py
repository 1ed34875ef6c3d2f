"""The comments of a file: where text that begins with ``#`` is one, and where it is in a string."""

from __future__ import annotations

import io
import tokenize


def comments_in(name: str, text: str) -> dict[int, str]:
    """Return what may be a comment by its line, from 1.

    Of a Python source these are its comments, as Python's own tokenizer tells them. Of any other
    file, and of a source that it cannot read to its end, every line may hold one.

    Args:
        name: The file's name, which tells what it is.
        text: What it holds.
    """
    if name.endswith(".py"):
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        except (tokenize.TokenError, SyntaxError):
            pass
        else:
            return {one.start[0]: one.string for one in tokens if one.type == tokenize.COMMENT}
    return dict(enumerate(text.split("\n"), start=1))
