"""The question before what cannot simply be taken back."""

from __future__ import annotations

import click

from funcyard.cli._ask import can_ask
from funcyard.errors import UsageError

yes_option = click.option("--yes", "-y", is_flag=True, help="Ask nothing.")


class NobodyToAskError(UsageError):
    """It has to be confirmed, and there is nobody to ask."""

    code = "not-confirmed"


def confirmed(question: str, *, yes: bool, as_json: bool) -> bool:
    """Whether it shall be done: because ``--yes`` says so, or a person does.

    Raises:
        NobodyToAskError: Nobody can be asked.
    """
    if yes:
        return True
    if as_json or not can_ask():
        raise NobodyToAskError("nothing was done: nobody can be asked", hint="give --yes")
    if click.confirm(question, default=False, err=True):
        return True
    click.echo("declined: nothing was changed", err=True)
    return False
