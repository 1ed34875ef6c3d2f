"""``funcyard completion``: the script by which a shell completes funcyard's commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")
_PROGRAM = "funcyard"
_VARIABLE = "_FUNCYARD_COMPLETE"


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the script that completes funcyard in your shell.

    \b
    bash: funcyard completion bash > ~/.local/share/bash-completion/completions/funcyard
    zsh:  funcyard completion zsh > ~/.zfunc/_funcyard
          and in ~/.zshrc, before compinit: fpath+=~/.zfunc
    fish: funcyard completion fish > ~/.config/fish/completions/funcyard.fish
    """  # noqa: D301 - the backspace tells click to keep these lines
    kind = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(root, {}, _PROGRAM, _VARIABLE).source())
