"""`mlspec rollback`: puts back what a service had before, as a commit to be reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mlspec.cli.promoting import How, shared_options

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command("rollback")
@click.argument("service")
@click.option(
    "--env", "environment", required=True, metavar="ENV", help="The environment to change."
)
@click.option("--to", "revision", metavar="COMMIT", help="Take the entry of this commit.")
@shared_options
def command(service: str, environment: str, revision: str | None, how: How) -> None:
    """Move a service back to its model version before the last change, as a commit on a new branch.

    Which one that was, Git's history of mlspec.lock says; MLflow is not asked. The manifests are
    rendered anew. What you have checked out is not touched, and nothing is pushed unless with
    --push. After a rollback, another one would undo it: to go back further, say --to COMMIT.

    \b
    Examples:
      mlspec rollback wine-api --env prod
      mlspec rollback wine-api --env prod --to v1.3 --push

    Exit codes: 0 committed, 1 refused or failed, 2 wrong usage.
    """
    from mlspec.cli.gitops import refuse, told
    from mlspec.cli.promoting import deliver, place_of, target_of
    from mlspec.gitops.locking.file import read_lock
    from mlspec.gitops.promotion import (
        earlier_entry,
        entry_at,
        entry_in,
        restored,
        rollback_message,
    )

    target = target_of(service, environment, "--env", how)
    with told():
        place = place_of(target, how)
        text = read_lock(target.lock_file)
        move = target.move({}, {})
        before = entry_in(text, move.key)
        if text is None or not before:
            refuse(
                f"mlspec.lock has no `{target.alias}` of {service} in {environment} to roll back"
            )
        if revision is None:
            earlier = earlier_entry(place.repository, place.lock, move.key)
        else:
            earlier = entry_at(place.repository, revision, place.lock, move.key)
        move = target.move(before, earlier.entry)
        if move.before == move.after:
            refuse(f"{service} in {environment} has that very version already")
        subject = place.repository.subject(earlier.commit) if earlier.commit else ""

        def word(manifests: Sequence[str]) -> str:
            return rollback_message(move, earlier, subject, manifests)

        branch = how.branch or target.branch("rollback", move.after.get("version", ""))
        deliver(place, target, branch, restored(text, move, earlier), word, how)
