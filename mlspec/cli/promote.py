"""`mlspec promote`: puts a model version into an environment, as a commit to be reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mlspec.cli.promoting import How, Target, shared_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlspec.cli.gitops import Registry
    from mlspec.gitops.locking.models import Version
    from mlspec.gitops.promotion import Judgement, Move


@click.command("promote")
@click.argument("service")
@click.option(
    "--to", "environment", required=True, metavar="ENV", help="The environment to change."
)
@click.option("--from", "source", metavar="ENV", help="Take what this environment serves.")
@click.option("--model-version", "number", metavar="N", help="Take this version.")
@click.option(
    "--force-gates", "reason", metavar="REASON",
    help="Pass over gates that failed or are unknown; the commit message says why.",
)  # fmt: skip
@shared_options
def command(
    service: str,
    environment: str,
    source: str | None,
    number: str | None,
    reason: str | None,
    how: How,
) -> None:
    """Move a service to another model version, as a commit on a new branch.

    The entry of mlspec.lock is moved, the manifests are rendered anew, and both are committed with
    metrics, gates and version in the message. What you have checked out is not touched, and nothing
    is pushed unless with --push.

    Without --from and --model-version, the candidate of the service's rollout is taken; where
    there is none, the version to which the pipeline gave its alias last. --from ENV takes the
    version that the service has there, by the lock or, where it is not locked, by MLflow. A version
    whose gates failed, or of which nothing is known, is refused.

    \b
    Examples:
      mlspec promote wine-api --to prod
      mlspec promote wine-api --to prod --model-version 8
      mlspec promote wine-api --to prod --from staging --push
      mlspec promote wine-api --to prod --alias challenger --model-version 9

    Exit codes: 0 committed, 1 refused or failed, 2 wrong usage.
    """  # fmt: skip
    from mlspec.cli.gitops import Registry, told
    from mlspec.cli.promoting import deliver, place_of, target_of
    from mlspec.gitops.locking.file import read_lock
    from mlspec.gitops.promotion import check_gates, promotion_message, with_move

    if reason is not None and not reason.strip():
        raise click.UsageError("--force-gates: expected a reason")
    target = target_of(service, environment, "--to", how)
    mlflow = Registry()
    with told():
        place = place_of(target, how)
        text = read_lock(target.lock_file)
        version = _wanted(target, source, number, mlflow)
        move = _move(target, text, version)
        judgement = _judgement(target, version, mlflow)
        check_gates(judgement, version, reason)
        before = _version_of(target, move.before, mlflow)

        def word(manifests: Sequence[str]) -> str:
            return promotion_message(move, before, version, judgement, reason, manifests)

        branch = how.branch or target.branch("promote", version.version)
        deliver(place, target, branch, with_move(text, move), word, how)
    _remind(target, version)


def _move(target: Target, text: str | None, version: Version) -> Move:
    """What changes in the lock; refused where nothing does."""
    from mlspec.cli.gitops import refuse, registered_name
    from mlspec.gitops.locking.resolve import entry_of
    from mlspec.gitops.promotion import entry_in

    context, model = target.context, target.service.model
    after = entry_of(version, context.platform, registered_name(context, model))
    move = target.move({}, after)
    move = move.replace(before=entry_in(text, move.key))
    if move.before == move.after:
        refuse(
            f"`{move.alias}` of {move.service} in {move.environment} is version "
            f"{move.after['version']} already"
        )
    return move


def _remind(target: Target, version: Version) -> None:
    """MLflow has aliases of its own, which are to be moved as well, where the model is theirs."""
    from mlspec.cli.gitops import registered_model, registered_name

    if version.name != registered_name(target.context, target.service.model):
        return
    known = registered_model(target.context, target.service.model)
    why = "the gates of the pipeline compare with that"
    if known is not None and known.alias == target.alias:
        why = "`mlspec lock` follows MLflow for this alias, and else moves it back"
    click.echo(f"After the merge, give it the alias `{target.alias}` in MLflow too: {why}.")


def _wanted(target: Target, source: str | None, number: str | None, mlflow: Registry) -> Version:
    """The version to promote."""
    from mlspec.cli.gitops import context_of, refuse, registered_model, registered_name
    from mlspec.cli.running import must_exist
    from mlspec.language.serving import Canary, Shadow

    context, model = target.context, target.service.model
    alias = ""
    if source is not None:
        must_exist([target.result], source, "--from")
        variant = next(each for each in target.result.variants if each.environment == source)
        context = context_of(target.result, variant)
        service = variant.project.serving.get(target.name)
        if service is None or service.model != model:
            raise click.UsageError(
                f"--from: `{source}` does not serve `{model}` by `{target.name}`"
            )
        alias = service.alias
    elif isinstance(target.service.rollout, Canary | Shadow):
        candidate = target.service.rollout.candidate
        alias = candidate if candidate != target.alias else ""  # which is what is to be moved
    registered = registered_name(context, model)
    if number is not None:
        found = mlflow.of(context).version(registered, number)
        what = f"version {number} of `{registered}`"
    elif (locked := context.locked.models.get(model, {}).get(alias)) is not None:
        name = locked.name or registered
        found = mlflow.of(context).version(name, locked.version)
        what = f"version {locked.version} of `{name}`, which the lock names"
    else:
        known = registered_model(context, model)
        if source is None and known is not None:
            alias = known.alias
        if not alias:
            raise click.UsageError("say which version: --model-version N or --from ENV")
        found = mlflow.of(context).behind(registered, alias)
        what = f"version of `{registered}` with the alias `{alias}`"
    if found is None:
        refuse(
            f"MLflow ({mlflow.of(context).uri}) has no {what}",
            "name another: --model-version N, or --from ENV for what another environment serves",
        )
    return found


def _judgement(target: Target, version: Version, mlflow: Registry) -> Judgement:
    """What the gates of the environment that it goes to say of the version."""
    from mlspec.cli.gitops import registered_model
    from mlspec.gitops.promotion import judge
    from mlspec.plan.steps import gate_bounds

    known = registered_model(target.context, target.service.model)
    gates = {metric: gate_bounds(gate) for metric, gate in known.gates.items()} if known else {}

    def baseline(alias: str) -> dict[str, float] | None:
        locked = target.context.locked.models.get(target.service.model, {}).get(alias)
        entry = {"name": locked.name, "version": locked.version} if locked else {}
        found = _version_of(target, entry, mlflow)
        return None if found is None else dict(found.metrics)

    return judge(version, gates, baseline)


def _version_of(target: Target, entry: Mapping[str, str], mlflow: Registry) -> Version | None:
    """What MLflow knows of a version that the lock names; None where it knows nothing."""
    from mlspec.cli.gitops import registered_name

    if not entry.get("version"):
        return None
    name = entry.get("name") or registered_name(target.context, target.service.model)
    return mlflow.of(target.context).version(name, entry["version"])
