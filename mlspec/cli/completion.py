"""`mlspec completion`: tab completion for a shell."""

from __future__ import annotations

import click


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the set-up of tab completion.

    \b
    Examples:
      mlspec completion bash >> ~/.bashrc
      mlspec completion zsh  >> ~/.zshrc
      mlspec completion fish > ~/.config/fish/completions/mlspec.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    group = context.find_root().command
    click.echo(found(group, {}, "mlspec", "_MLSPEC_COMPLETE").source())
