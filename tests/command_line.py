"""The command ``funcyard`` in this process: quick, with its real exit status and output."""

from __future__ import annotations

import gc
import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from funcyard.cli.main import main


@dataclass(frozen=True)
class Done:
    """What became of a command.

    Attributes:
        code: Its exit status.
        content: What it printed, as bytes.
        said: What it said on standard error.
    """

    code: str | int | None
    content: bytes
    said: str

    @property
    def printed(self) -> str:
        """What it printed."""
        return self.content.decode()


def funcyard(*arguments: str, given: bytes = b"", **variables: str) -> Done:
    """Run a command.

    Args:
        arguments: Of it.
        given: On standard input.
        variables: Of the environment, besides what there is.
    """
    out, err = io.BytesIO(), io.BytesIO()
    stdin, stdout, stderr = (
        io.TextIOWrapper(content, encoding="utf-8", write_through=True)
        for content in (io.BytesIO(given), out, err)
    )
    thresholds = gc.get_threshold()
    code: str | int | None = None
    with (
        patch.object(sys, "stdin", stdin),
        redirect_stdout(stdout),
        redirect_stderr(stderr),
        patch.dict("os.environ", variables),
    ):
        try:
            main(arguments)
        except SystemExit as ended:
            code = ended.code
        finally:
            gc.set_threshold(*thresholds)
    stdout.flush()
    return Done(code, out.getvalue(), err.getvalue().decode())
