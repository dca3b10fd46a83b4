"""`mlspec lock`: writes what every mutable name of a spec means now."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from mlspec.cli.discovery import lock_file
from mlspec.cli.options import paths_argument, platform_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mlspec.cli.compilation import Compilation, Variant
    from mlspec.cli.gitops import Registry
    from mlspec.gitops.locking.registry import Registries
    from mlspec.gitops.locking.resolve import Lookups, Resolution

_DIGEST = re.compile(r"sha256:[a-f0-9]{64}\Z")


@click.command("lock")
@paths_argument
@click.option(
    "--env", "environments", multiple=True, metavar="NAME",
    help="Lock this environment. Default: the protected ones, and those that the lock has.",
)  # fmt: skip
@click.option(
    "--image", "images", multiple=True, metavar="REF=DIGEST",
    help="The digest of an image, by hand: its registry is not asked.",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if the lock is behind.")
@click.option("--offline", is_flag=True, help="Ask nobody: take what the lock and --image say.")
@click.option(
    "--update", is_flag=True,
    help="Follow MLflow also for aliases that promotions move, such as `champion`.",
)  # fmt: skip
@click.option("--prune", is_flag=True, help="Remove entries that the spec does not use.")
@platform_option
def command(
    paths: tuple[str, ...],
    environments: tuple[str, ...],
    images: tuple[str, ...],
    check: bool,
    offline: bool,
    update: bool,
    prune: bool,
    platform: str | None,
) -> None:
    """Write into mlspec.lock what each name that can change means now.

    Image tags become digests (their registries are asked, with the credentials of `docker login`),
    aliases of models become versions (MLFLOW_TRACKING_URI, or the platform's MLflow, is asked),
    branches and tags of sources in Git become commits. Rendering uses the lock alone.

    An alias that the pipeline gives follows MLflow. Any other, such as `champion`, is moved by
    `mlspec promote`: an entry that is there stays, unless with --update. What could be looked up is
    written, also where something else could not: that is told, with exit code 1.

    \b
    Examples:
      mlspec lock
      mlspec lock projects/wine --env prod
      mlspec lock --image ghcr.io/acme/wine:1.4.0=sha256:6d3b...
      mlspec lock --check

    Exit codes: 0 all is locked, 1 something could not be or, with --check, is behind,
    2 wrong usage.
    """
    from mlspec.cli.gitops import Registry, hindrances, told
    from mlspec.cli.reporting import Reporting, projects_at, report
    from mlspec.cli.running import must_exist
    from mlspec.gitops.locking.registry import Registries

    given = _given(images)
    results = projects_at(paths, platform)
    for name in environments:
        must_exist(results, name)
    wrong = [hindrances(result) for result in results]
    if any(result.failed for result in wrong):
        report(wrong, Reporting(), 0.0)
        raise SystemExit(1)
    _check_used(given, results)
    registries, mlflow = Registries(), Registry()
    is_fine = True
    for result in results:
        with told():
            chosen = _chosen(result, environments)
            found = [
                _resolution(
                    result, variant, given, update, None if offline else (registries, mlflow)
                )
                for variant in chosen
            ]
            is_fine &= _conclude(result, found, check=check, prune=prune)
    if not is_fine:
        raise SystemExit(1)


def _given(texts: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in texts:
        reference, equals, digest = text.rpartition("=")
        if not equals or not reference or "@" in reference or not _DIGEST.match(digest):
            raise click.UsageError(
                f"--image: expected REF=sha256:… with 64 hexadecimal digits, found `{text}`"
            )
        found[reference] = digest
    return found


def _check_used(given: Mapping[str, str], results: Sequence[Compilation]) -> None:
    """A digest for an image that no project uses was meant for another."""
    from mlspec.cli.gitops import context_of
    from mlspec.gitops.locking.references import references_of
    from mlspec.language.suggestions import did_you_mean

    if not given:
        return
    known = {
        image
        for result in results
        for variant in result.variants
        for image in references_of(context_of(result, variant)).images
    }
    for reference in given:
        if reference not in known:
            hint = did_you_mean(reference, sorted(known), "there is none to lock")
            raise click.UsageError(f"--image: no project uses `{reference}`; {hint}")


def _chosen(result: Compilation, named: Sequence[str]) -> list[Variant]:
    """The environments to lock: those that are named, or that are protected or locked already."""
    from mlspec.cli.gitops import context_of
    from mlspec.language.project import LOCAL

    locked = result.lock.environments if result.lock else {}
    return [
        variant
        for variant in result.variants
        if variant.environment not in ("", LOCAL)
        and (
            variant.environment in named
            if named
            else variant.environment in locked or context_of(result, variant).protected
        )
    ]


def _resolution(
    result: Compilation,
    variant: Variant,
    given: Mapping[str, str],
    update: bool,
    asked: tuple[Registries, Registry] | None,
) -> Resolution:
    from mlspec.cli.gitops import context_of
    from mlspec.gitops.locking.file import read_lock
    from mlspec.gitops.locking.references import references_of
    from mlspec.gitops.locking.resolve import resolve
    from mlspec.gitops.locking.text import environments_in

    context = context_of(result, variant)
    wanted = references_of(context)
    says = environments_in(read_lock(lock_file(result.file)) or "").get(variant.environment) or {}
    registry = context.project.registry
    followed = (
        {(name, model.alias) for name, model in registry.models.items()} if registry else set()
    )
    kept = set() if update else set(wanted.models) - followed
    lookups = _lookups(result, variant, given, says, asked)
    return resolve(variant.environment, wanted, says, lookups, kept)


def _lookups(
    result: Compilation,
    variant: Variant,
    given: Mapping[str, str],
    says: Mapping[str, Mapping[str, str]],
    asked: tuple[Registries, Registry] | None,
) -> Lookups:
    from mlspec.cli.gitops import context_of
    from mlspec.gitops.git import remote_commit
    from mlspec.gitops.locking.resolve import Lookups, without_asking

    offline = without_asking(says)
    if asked is None:
        return offline._replace(image=lambda name: given.get(name) or offline.image(name))
    registries, mlflow = asked
    context = context_of(result, variant)
    return Lookups(
        image=lambda name: given.get(name) or registries.digest_of(name),
        model=lambda model, alias: mlflow.entry(context, model, alias),
        commit=lambda name, uri, revision: remote_commit(uri, revision),
    )


def _conclude(
    result: Compilation, found: Sequence[Resolution], *, check: bool, prune: bool
) -> bool:
    """Writes, or with `check` does not, and tells. Says whether all is well."""
    from mlspec.gitops.locking.file import read_lock, write_lock
    from mlspec.gitops.locking.text import changed, paths_below

    file = lock_file(result.file)
    text = read_lock(file)
    changes = {path: value for each in found for path, value in each.texts().items()}
    if prune:
        for each in found:
            for key in each.unused:
                changes |= dict.fromkeys(paths_below(text or "", (each.environment, *key)))
    new = changed(text, changes)
    is_behind = new != (text or "") and bool(changes)
    if is_behind and not check:
        write_lock(file, new)
    for line in _lines(file, found, is_behind=is_behind, check=check, prune=prune):
        click.echo(line)
    missing = [(each.environment, name) for each in found for name in each.unresolved]
    for environment, name in missing:
        kept = "; what the lock says stays" if name.is_locked else ""
        click.echo(f"Error: {environment}: {name.error.message}{kept}", err=True)
        for line in name.error.help.splitlines():
            click.echo(f"  {line}", err=True)
    return not missing and not (check and is_behind)


def _lines(
    file: Path, found: Sequence[Resolution], *, is_behind: bool, check: bool, prune: bool
) -> Iterator[str]:
    names = ", ".join(each.environment for each in found) or (
        "no environment is protected or in the lock; name one with --env"
    )
    state = "nothing to change"
    if is_behind:
        state = "is behind" if check else "written"
    elif any(each.unresolved for each in found):
        state = "not complete"
    yield f"{file}: {state} ({names})"
    for each in found:
        for change in each.changes:
            values = _values(change.before, change.after)
            yield f"  {each.environment}  {_told(change.key)}  {values}"
        for key in each.unused if prune else ():
            yield f"  {each.environment}  {_told(key)}  removed: the spec does not use it"
        for key, locked, other in each.elsewhere:
            yield (
                f"  {each.environment}  {_told(key)}  stays at version {locked}; MLflow says "
                f"{other} (`mlspec promote` moves it, or --update)"
            )


def _told(key: Sequence[str]) -> str:
    kinds = {"images": "image", "models": "model", "data": "data"}
    return " ".join((kinds.get(key[0], key[0]), *key[1:]))


def _values(before: Mapping[tuple[str, ...], str], after: Mapping[tuple[str, ...], str]) -> str:
    """What tells the two apart: the version of a model, or whatever differs where that does not."""
    from mlspec.cli.gitops import short

    fields = [path for path in after if before.get(path) != after[path]] or list(before)
    version = next((path for path in fields if path[-1] == "version"), None)
    path = version or fields[0]
    word = (
        "version "
        if version
        else ""
        if path[-1] == "revision" or path[0] == "images"
        else path[-1] + " "
    )
    old, new = before.get(path, ""), after.get(path, "")
    return f"{word}{short(old)} → {short(new)}" if old else f"{word}{short(new)}"
