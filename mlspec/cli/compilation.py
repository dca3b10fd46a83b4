"""The compiler put together: files → checked projects → plans → manifests.

Every function takes values and returns values; nothing here prints or ends the process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.checks import Context, dataflow_of, run_checks
from mlspec.checks.platform import check_platform
from mlspec.checks.secrets import secrets_in
from mlspec.checks.templates import templates_in
from mlspec.cli.discovery import find_platform, lock_of
from mlspec.diagnostics import Diagnostic
from mlspec.language.lock import LockedEnvironment
from mlspec.language.project import LOCAL
from mlspec.language.reader import read
from mlspec.source.overlay import merge
from mlspec.source.parser import parse_file
from mlspec.source.problem import Problem, diagnose
from mlspec.source.reader import SourceError
from mlspec.source.tree import MappingNode, Tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlspec.checks.dataflow import Dataflow
    from mlspec.language.lock import Lock
    from mlspec.language.platform import Platform
    from mlspec.language.project import Project
    from mlspec.plan.model import Plan

_FIXED_SECTIONS = ("apiVersion", "kind", "metadata", "environments")
"""What an overlay may not change: it says what the project is, not how it runs somewhere."""

_ABOUT_THE_LOCK = ("MLS403", "MLS503", "MLS506", "MLS507")
"""What cannot be judged while the lock cannot be read."""


class Variant(NamedTuple):
    """A project in one environment: the overlay merged in, and read."""

    environment: str
    tree: Tree
    project: Project
    flow: Dataflow


class Compilation(NamedTuple):
    """One project.yaml, read with its platform and lock, and checked in every environment.

    `variants` holds the environments whose overlay could be read; `diagnostics` all that is wrong.
    """

    file: str
    name: str
    platform_file: str
    platform: Platform | None
    lock: Lock | None
    variants: tuple[Variant, ...]
    environments: tuple[str, ...]
    trees: tuple[Tree, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        return any(found.severity == "error" for found in self.diagnostics)

    def locked(self, environment: str) -> LockedEnvironment:
        found = self.lock.environments.get(environment) if self.lock else None
        return found or LockedEnvironment()


def compile_project(file: str, platform_file: str | None = None) -> Compilation:
    """Reads and checks one project. Never raises for what a file holds."""
    diagnostics: list[Diagnostic] = []
    trees: list[Tree] = []
    platform_file = platform_file or find_platform(file)
    project = _document("project", file, trees, diagnostics)
    platform = _document("platform", platform_file, trees, diagnostics)
    if platform is not None:
        diagnostics += [diagnose(trees[-1], each) for each in check_platform(platform)]
    lock_file = lock_of(file)
    lock = _document("lock", lock_file, trees, diagnostics) if lock_file else None
    result = Compilation(
        file=file,
        name=project.metadata.name if project else "",
        platform_file=platform_file,
        platform=platform,
        lock=lock,
        variants=(),
        environments=(),
        trees=tuple(trees),
        diagnostics=(),
    )
    if trees and trees[0].file == file:
        variants = list(_variants(trees[0], project, diagnostics))
        environments = tuple(name for name, _ in _overlays(trees[0]))
        result = result._replace(variants=tuple(variants), environments=environments)
        if platform is not None:
            for variant in variants:
                diagnostics += _checked(result, variant)
    return result._replace(diagnostics=tuple(diagnostics))


def _document(kind: str, file: str, trees: list[Tree], diagnostics: list[Diagnostic]) -> Any:
    try:
        tree = parse_file(file)
    except SourceError as error:
        diagnostics.append(error.diagnostic)
        return None
    trees.append(tree)
    value, found = read(kind, tree)
    diagnostics += found
    diagnostics += [diagnose(tree, problem) for problem in secrets_in(tree.root)]
    if kind != "project":
        diagnostics += [diagnose(tree, problem) for problem in templates_in(tree.root)]
    return value


def _overlays(tree: Tree) -> list[tuple[str, Any]]:
    overlays = tree.root.get("environments")
    return list(overlays.items()) if isinstance(overlays, dict) else []


def _variants(tree: Tree, base: Project | None, diagnostics: list[Diagnostic]) -> Iterable[Variant]:
    overlays = _overlays(tree)
    if not overlays and base is not None:
        yield Variant("", tree, base, dataflow_of(base))
    for name, patch in overlays:
        if not isinstance(patch, MappingNode) or not patch:
            if base is not None:
                yield Variant(name, tree, base, dataflow_of(base))
            continue
        problems = list(_overlay_problems(tree, name, patch))
        diagnostics += [diagnose(tree, problem, name) for problem in problems]
        merged = tree._replace(root=merge(tree.root, patch))
        project, found = read("project", merged)
        diagnostics += [each.replace(environment=name) for each in found if not problems]
        if project is not None:
            yield Variant(name, merged, project, dataflow_of(project))


def _overlay_problems(tree: Tree, name: str, patch: MappingNode) -> Iterable[Problem]:
    for section in _FIXED_SECTIONS:
        if section in patch:
            yield Problem(
                "MLS101",
                ("environments", name, section),
                f"an environment cannot change `{section}`",
                help="an overlay says how the project runs somewhere, not what it is",
                on_key=True,
            )
    yield from _pointless_nulls(tree.root, patch, ("environments", name))


def _pointless_nulls(base: Any, patch: MappingNode, path: tuple[str, ...]) -> Iterable[Problem]:
    """`null` removes; where there is nothing to remove it is a slip of the pen."""
    for key, value in patch.items():
        inner = base.get(key) if isinstance(base, MappingNode) else None
        if value is None and not (isinstance(base, MappingNode) and key in base):
            yield Problem(
                "MLS201",
                (*path, key),
                f"there is no `{key}` here that `null` could remove",
                help="check the name, or remove this line",
                on_key=True,
            )
        elif isinstance(value, MappingNode):
            yield from _pointless_nulls(inner, value, (*path, key))


def _checked(result: Compilation, variant: Variant) -> Iterable[Diagnostic]:
    assert result.platform is not None
    context = Context(
        variant.project,
        variant.environment,
        result.platform,
        result.locked(variant.environment),
        variant.flow,
    )
    lock_is_broken = result.lock is None and lock_of(result.file) is not None
    for problem in run_checks(context):
        if lock_is_broken and problem.code in _ABOUT_THE_LOCK:
            continue
        yield diagnose(variant.tree, problem, variant.environment)


def plans_of(result: Compilation, environment: str | None = None) -> list[Plan]:
    """The plans of a project without errors: one for each environment that is rendered, or for the
    one that is asked for."""
    from mlspec.plan.build import build_plan
    from mlspec.plan.inputs import Inputs

    assert result.platform is not None
    assert not result.failed
    return [
        build_plan(
            Inputs(
                variant.project,
                variant.environment,
                result.platform,
                result.locked(variant.environment),
                variant.flow,
            )
        )
        for variant in result.variants
        if variant.environment not in ("", LOCAL) and environment in (None, variant.environment)
    ]


def input_digests(result: Compilation) -> dict[str, str]:
    """Name of each input file → digest of its text, for the tree's provenance."""
    from mlspec.output.provenance import digest

    names = ("project.yaml", "platform.yaml", "mlspec.lock")
    return {
        name: digest(tree.text.encode()) for name, tree in zip(names, result.trees, strict=False)
    }
