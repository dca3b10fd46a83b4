"""What `promote` and `rollback` share: the service that is meant, the commit on a new branch."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from mlspec.cli.discovery import lock_file
from mlspec.cli.gitops import context_of, hindrances, refuse, told, unwound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mlspec.checks.context import Context
    from mlspec.cli.compilation import Compilation
    from mlspec.gitops.branching import Branch
    from mlspec.gitops.git import Repository
    from mlspec.gitops.promotion import Move
    from mlspec.language.serving import Service

_OPTIONS = (
    click.option(
        "--alias", metavar="NAME", help="The alias to move. Default: the main version's."
    ),
    click.option("--branch", metavar="NAME", help="The new branch. Default: by what is done."),
    click.option("--push", is_flag=True, help="Push the branch, too."),
    click.option(
        "--project", "path", type=click.Path(), default=".", metavar="PATH",
        help="The project.yaml or a folder above it. Default: this folder.",
    ),
    click.option(
        "-o", "--output", type=click.Path(), default="generated", show_default=True,
        metavar="FOLDER", help="The folder of the generated manifests.",
    ),
    click.option("--no-render", is_flag=True, help="Commit the lock alone, and no manifests."),
)  # fmt: skip


_NAME_OUTPUT = (
    "name the folder of the manifests with --output: it is looked for from the current folder"
)


class How(NamedTuple):
    """The options that both have."""

    alias: str | None
    branch: str | None
    push: bool
    path: str
    output: str
    no_render: bool
    platform: str | None


def shared_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of both, handed to the command as `how`."""
    from functools import wraps

    from mlspec.cli.options import platform_option

    @wraps(function)
    def command(*args: Any, **kwargs: Any) -> Any:
        how = How(**{name: kwargs.pop(name) for name in How._fields})
        return function(*args, how=how, **kwargs)

    decorated: Callable[..., Any] = platform_option(command)
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


class Target(NamedTuple):
    """A service in an environment, and where its project is."""

    result: Compilation
    context: Context
    name: str
    service: Service
    alias: str

    @property
    def lock_file(self) -> Path:
        return lock_file(self.result.file)

    @property
    def is_main(self) -> bool:
        """Whether it is about the service's main version, and not about a candidate."""
        return self.alias == self.service.alias

    def move(self, before: Mapping[str, str], after: Mapping[str, str]) -> Move:
        from mlspec.gitops.promotion import Move

        return Move(
            service=self.name,
            environment=self.context.environment,
            model=self.service.model,
            alias=self.alias,
            before=before,
            after=after,
            is_main=self.is_main,
        )

    def branch(self, verb: str, version: str) -> str:
        """The name of the branch, unless another is asked for."""
        alias = "" if self.is_main else f"-{self.alias}"
        return f"{verb}/{self.name}-{self.context.environment}{alias}-v{version}"


def target_of(name: str, environment: str, option: str, how: How) -> Target:
    """The one service of that name. Wrong names are wrong usage; wrong specs are told of. `option`
    is what named the environment."""
    from mlspec.cli.reporting import Reporting, projects_at, report
    from mlspec.cli.running import must_exist
    from mlspec.language.suggestions import did_you_mean

    results = projects_at([how.path], how.platform)
    having = [result for result in results if _has(result, name)]
    if not having:
        wrong = [hindrances(result) for result in results]
        if any(result.failed for result in wrong):
            report(wrong, Reporting(), 0.0)
            raise SystemExit(1)
        known = sorted({s for r in results for v in r.variants for s in v.project.serving})
        hint = did_you_mean(name, known, "there are no services")
        raise click.UsageError(f"no project has a service `{name}`; {hint}")
    if len(having) > 1:
        files = ", ".join(result.file for result in having)
        raise click.UsageError(
            f"several projects have a service `{name}`: say --project, of {files}"
        )
    [result] = having
    must_exist([result], environment, option)
    blocked = hindrances(result)
    if blocked.failed:
        report([blocked], Reporting(), 0.0)
        raise SystemExit(1)
    variant = next(each for each in result.variants if each.environment == environment)
    context = context_of(result, variant)
    if name not in variant.project.serving:
        raise click.UsageError(f"`{environment}` removes the service `{name}`")
    service = variant.project.serving[name]
    return Target(result, context, name, service, _alias(name, service, how.alias))


def _has(result: Compilation, name: str) -> bool:
    return any(name in variant.project.serving for variant in result.variants)


def _alias(name: str, service: Service, wanted: str | None) -> str:
    from mlspec.checks.lock import aliases_of
    from mlspec.language.suggestions import did_you_mean

    known = [alias for alias, _ in aliases_of(service, ())]
    if wanted is None and service.alias in known:
        return service.alias
    if wanted is None:
        raise click.UsageError(
            f"`{name}` serves several variants: say --alias, of {', '.join(known)}"
        )
    if wanted not in known:
        raise click.UsageError(
            f"--alias: `{name}` does not serve `{wanted}`; {did_you_mean(wanted, known)}"
        )
    return wanted


class Place(NamedTuple):
    """The repository of a project, and the paths within it that a promotion is about."""

    repository: Repository
    project: str
    platform: str
    """Absolute for one that is not in the repository; empty for the embedded one."""
    lock: str
    output: str
    """The folder of the manifests; empty where none are to be committed."""


def place_of(target: Target, how: How) -> Place:
    """GitError where the repository is in no state to commit in."""
    from mlspec.cli.discovery import DEFAULT_PLATFORM
    from mlspec.gitops.errors import GitopsError
    from mlspec.gitops.git import Repository

    project_file = Path(target.result.file).absolute()
    repository = Repository.around(project_file)
    repository.head()
    project = repository.path_of(project_file)
    platform = ""
    if Path(target.result.platform_file) != DEFAULT_PLATFORM:
        try:
            platform = repository.path_of(Path(target.result.platform_file).absolute())
        except GitopsError:  # named by --platform
            platform = str(Path(target.result.platform_file).absolute())
    lock = repository.path_of(target.lock_file.absolute())
    is_ours = platform and not Path(platform).is_absolute()
    inputs = [project, *([platform] if is_ours else [])]
    if target.lock_file.exists():
        inputs.append(lock)
    repository.check_clean(tuple(inputs))
    repository.check_identity()
    output = "" if how.no_render else _output_of(repository, how.output)
    if output and repository.is_ignored(f"{output}/{target.result.name}/provenance.json"):
        output = ""
    return Place(repository, project, platform, lock, output)


def _output_of(repository: Repository, folder: str) -> str:
    from mlspec.gitops.errors import GitError

    try:
        return repository.path_of(Path(folder).absolute())
    except GitError as error:
        raise GitError(error.message, _NAME_OUTPUT) from error


def deliver(
    place: Place,
    target: Target,
    branch: str,
    lock: str,
    message: Callable[[Sequence[str]], str],
    how: How,
) -> None:
    """Commits the lock on a new branch, and says so. `message` words what is done once it is known
    which manifests change."""
    commit, words = _commit_lock(place, target, branch, lock, message)
    _conclude(place, commit, branch, words, how)


def _commit_lock(
    place: Place,
    target: Target,
    branch_name: str,
    new_lock: str,
    message: Callable[[Sequence[str]], str],
) -> tuple[str, str]:
    """Commits the lock and what it renders to on a new branch. Returns the commit and its words."""
    from mlspec.gitops.branching import on_new_branch
    from mlspec.gitops.locking.file import write_lock

    with unwound(), on_new_branch(place.repository, branch_name) as branch, chdir(branch.root):
        if place.output:
            _check_rendered(branch, place)
        write_lock(branch.root / place.lock, new_lock)
        words = message(_render(branch, place))
        paths = [place.lock, *([f"{place.output}/{target.result.name}"] if place.output else [])]
        return branch.commit(words, paths), words


def _compiled(place: Place) -> Compilation:
    """The project as it is on the branch, read anew; from there, so that paths are told as ever."""
    from mlspec.cli.reporting import projects_at

    [result] = projects_at([place.project], place.platform or None)
    return result


def _check_rendered(branch: Branch, place: Place) -> None:
    """What is committed must be what it renders to: else the commit would hold what has nothing to
    do with it. A project that cannot be rendered yet has nothing to compare."""
    from mlspec.cli.rendering import trees_of
    from mlspec.output.drift import compare
    from mlspec.output.errors import OutputError

    result = _compiled(place)
    if result.failed:
        return
    trees, wrong = trees_of([result], None)
    _report_if(result, wrong)
    [tree] = trees
    root = branch.root / place.output / result.name
    if tree.content() and not root.exists():
        refuse(
            f"{place.output}/{result.name} is not in the commit that is checked out",
            f"{_NAME_OUTPUT}; or run `mlspec render`, and commit; or, where manifests are not "
            "committed, give --no-render",
        )
    try:
        drift = compare(root, tree.content(), environments=tree.synced)
    except (OSError, OutputError):
        refuse(f"cannot read {place.output}/{result.name}")
    if drift:
        refuse(
            f"{place.output}/{result.name} is not what the spec renders to, in the commit that is "
            "checked out",
            "run `mlspec verify` and `mlspec render`, and commit; or, where manifests are not "
            "committed, give --no-render",
        )


def _render(branch: Branch, place: Place) -> list[str]:
    """Renders on the branch. Returns the manifests that change, as paths in the repository."""
    from mlspec.cli.rendering import trees_of
    from mlspec.output.errors import OutputError
    from mlspec.output.provenance import FILE_NAME
    from mlspec.output.tree import write_tree

    result = _compiled(place)
    _report_if(result, ())
    trees, wrong = trees_of([result], None)
    _report_if(result, wrong)
    if not place.output:
        return []
    [tree] = trees
    root = branch.root / place.output / result.name
    try:
        changes = write_tree(root, tree.content(), inputs=tree.inputs)
    except OutputError as error:
        refuse(f"cannot write {place.output}/{result.name}: {error.reason}", error.help)
    paths = sorted({*changes.written, *changes.removed} - {FILE_NAME})
    return [f"{place.output}/{result.name}/{path}" for path in paths]


def _report_if(result: Compilation, wrong: Sequence[Any]) -> None:
    from mlspec.cli.reporting import Reporting, report

    if result.failed or wrong:
        report([result], Reporting(), 0.0, wrong)
        raise SystemExit(1)


def _conclude(place: Place, commit: str, branch: str, message: str, how: How) -> None:
    """Says what is committed, and what to do with it; pushes, if that is asked for."""
    from mlspec.gitops.branching import push, remote_of, request_page

    click.echo(message.rstrip("\n"))
    click.echo(f"\nCommitted as {commit[:12]} on the branch {branch}.")
    click.echo("What you have checked out is as it was.")
    remote, base = remote_of(place.repository), place.repository.branch()
    onto = f" onto {base}" if base else ""
    if how.push:
        if not remote:
            refuse("--push: it is not clear to which remote", f"run `git push -u REMOTE {branch}`")
        with told():
            push(place.repository, remote, branch)
        click.echo(f"Pushed to {remote}. Next: open a pull request{onto}.")
    elif remote:
        click.echo(f"Next: git push -u {remote} {branch}, and open a pull request{onto}.")
    else:
        click.echo(f"Next: git merge {branch}, or push it and open a pull request{onto}.")
    page = request_page(place.repository, remote, branch, base) if remote and base else ""
    if page:
        click.echo(f"  {page}")
