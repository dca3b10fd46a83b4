"""The compiler put together: files → checked projects → plans → manifests.

Every function takes values and returns values; nothing here prints or ends the process.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.checks import Context, dataflow_of, run_checks
from mlspec.checks.gaps import without_echoes
from mlspec.checks.platform import check_platform
from mlspec.checks.secrets import secrets_in
from mlspec.checks.templates import templates_in
from mlspec.checks.texts import texts_of
from mlspec.cli.discovery import find_platform, lock_of
from mlspec.cli.timings import stage
from mlspec.diagnostics import Diagnostic, Related
from mlspec.language.environments import overlays_of, removal_of, too_many
from mlspec.language.lock import LockedEnvironment
from mlspec.language.overlays import as_meant, overlaid
from mlspec.language.project import LOCAL
from mlspec.language.reader import read
from mlspec.language.validator import MAX_PROBLEMS
from mlspec.source.parser import parse, parse_file
from mlspec.source.problem import diagnose
from mlspec.source.reader import SourceError
from mlspec.source.tree import MappingNode, Tree, span_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlspec.checks.dataflow import Dataflow
    from mlspec.checks.texts import Texts
    from mlspec.language.lock import Lock
    from mlspec.language.platform import Platform
    from mlspec.language.project import Project
    from mlspec.language.reader import Reading
    from mlspec.language.validator import Gaps
    from mlspec.plan.model import Plan
    from mlspec.source.tree import Path

_ABOUT_THE_LOCK = ("MLS403", "MLS503", "MLS506", "MLS507")
"""What cannot be judged while the lock cannot be read."""

_ABOUT_THE_PLATFORM = (
    *_ABOUT_THE_LOCK, "MLS501", "MLS502", "MLS504", "MLS505", "MLS508", "MLS509",
)  # fmt: skip
"""What cannot be judged while the platform cannot be read."""


_MISSES_SOMETHING = frozenset((
    "MLS102", "MLS201", "MLS204", "MLS205", "MLS207", "MLS209", "MLS210", "MLS211", "MLS216",
))  # fmt: skip
"""What may be wrong because an overlay removed something."""


class Variant(NamedTuple):
    """A project in one environment: the overlay merged in, and read."""

    environment: str
    tree: Tree
    project: Project
    flow: Dataflow
    gaps: Gaps
    """What of it could not be read."""
    removed: Mapping[Path, Any] | None = None
    """The place of each null in the overlay → what it removes; None without an overlay."""
    is_whole: bool = True
    """Whether all could be read; else it is fit to be checked, and for nothing else."""


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
    def files(self) -> tuple[str, ...]:
        """Those that could be parsed."""
        return tuple(tree.file for tree in self.trees)

    @property
    def failed(self) -> bool:
        return any(found.severity == "error" for found in self.diagnostics)

    def locked(self, environment: str) -> LockedEnvironment:
        found = self.lock.environments.get(environment) if self.lock else None
        return found or LockedEnvironment()


class Document(NamedTuple):
    """A file, read: what is wrong with it, and the rest where it could be parsed."""

    diagnostics: tuple[Diagnostic, ...]
    tree: Tree | None = None
    reading: Reading | None = None
    texts: Texts | None = None

    @property
    def value(self) -> Any:
        """The typed document, as far as it could be read; else None."""
        return self.reading.value if self.reading is not None else None

    @property
    def is_whole(self) -> bool:
        return self.reading is not None and _is_whole(self.reading)


NO_DOCUMENT = Document(())


class Platforms:
    """The platforms of many projects, each read once."""

    def __init__(self, file: str | None = None) -> None:
        """`file`: that of all projects; else each has the nearest above it."""
        self._file = file
        self._read: dict[str, Document] = {}
        self._found: dict[str, str] = {}

    def of(self, project_file: str) -> tuple[str, Document]:
        file = self._file or find_platform(project_file, self._found)
        if file not in self._read:
            self._read[file] = _platform(file)
        return file, self._read[file]


def compile_project(
    file: str, platforms: Platforms | None = None, texts: dict[str, str] | None = None
) -> Compilation:
    """Reads and checks one project. Never raises for what a file holds. `texts`: of its files, as
    they were read a moment ago; they are taken out of it."""
    texts = {} if texts is None else texts
    project = _document("project", file, texts.pop(file, None))
    platform_file, platform = (platforms or Platforms()).of(file)
    lock_file = lock_of(file)
    lock = _document("lock", lock_file, texts.pop(lock_file, None)) if lock_file else NO_DOCUMENT
    documents = (project, platform, lock)
    found = _compiled(
        Compilation(
            file=file,
            name=project.value.metadata.name if project.is_whole else "",
            platform_file=platform_file,
            platform=platform.value,
            lock=lock.value if lock.is_whole else None,
            variants=(),
            environments=(),
            trees=tuple(each.tree for each in documents if each.tree is not None),
            diagnostics=(),
        ),
        project.reading,
        project.texts,
        _ABOUT_THE_LOCK * (lock_file is not None and not lock.is_whole)
        + _ABOUT_THE_PLATFORM * (not platform.is_whole),
    )
    told = (diagnostic for each in documents for diagnostic in each.diagnostics)
    return found._replace(diagnostics=(*told, *found.diagnostics))


def compile_tree(tree: Tree, platform: Platform, platform_file: str) -> Compilation:
    """Reads and checks a project that is in no file of its own, without a lock: what only a lock
    could give is not missed."""
    project = read("project", tree)
    whole = project if _is_whole(project) else None
    result = Compilation(
        file=tree.file,
        name=whole.value.metadata.name if whole else "",
        platform_file=platform_file,
        platform=platform,
        lock=None,
        variants=(),
        environments=(),
        trees=(tree,),
        diagnostics=(),
    )
    found = _compiled(result, project, None, _ABOUT_THE_LOCK)
    return found._replace(diagnostics=(*project.diagnostics, *found.diagnostics))


def compile_platform(file: str) -> tuple[Platform | None, tuple[Tree, ...], list[Diagnostic]]:
    """A platform by itself; None where nothing can be made of it."""
    found = _platform(file)
    return found.value, (found.tree,) if found.tree else (), list(found.diagnostics)


def _compiled(
    result: Compilation, project: Reading | None, texts: Texts | None, unclear: tuple[str, ...]
) -> Compilation:
    """The variants of a project that was read, checked; without what is `unclear`."""
    if project is None:
        return result
    tree = result.trees[0]
    problems = list(too_many(tree))
    diagnostics = [diagnose(tree, problem) for problem in problems]
    variants = [] if problems else list(_variants(tree, project, diagnostics))
    for variant in variants if result.platform is not None else ():
        with stage("check"):
            found = _checked(result, variant, texts)
            diagnostics += [each for each in found if each.code not in unclear]
    return result._replace(
        variants=tuple(variant for variant in variants if variant.is_whole),
        environments=tuple(overlays_of(tree)),
        diagnostics=tuple(diagnostics),
    )


def _document(kind: str, file: str, text: str | None = None) -> Document:
    try:
        with stage("parse"):
            tree = parse_file(file) if text is None else parse(text, file)
    except SourceError as error:
        return Document(error.diagnostics)
    with stage("read"):
        reading = read(kind, tree)
    diagnostics = [*tree.errors, *reading.diagnostics]
    with stage("check"):
        texts = texts_of(tree.root)
        diagnostics += [diagnose(tree, problem) for problem in secrets_in(tree.root, texts)]
        if kind != "project":
            diagnostics += [diagnose(tree, problem) for problem in templates_in(tree.root, texts)]
    return Document(tuple(diagnostics), tree, reading, texts)


def _is_whole(reading: Reading) -> bool:
    return reading.value is not None and not reading.diagnostics


def _platform(file: str) -> Document:
    found = _document("platform", file)
    if found.tree is None or found.reading is None or found.value is None:
        return found
    tree = found.tree
    problems = without_echoes(check_platform(found.value), tree, found.reading.gaps)
    more = (diagnose(tree, problem) for problem in problems)
    return found._replace(diagnostics=(*found.diagnostics, *more))


def _variants(tree: Tree, base: Reading, diagnostics: list[Diagnostic]) -> Iterable[Variant]:
    overlays = overlays_of(tree)
    if not overlays:
        yield from _base_variant("", tree, base)
    meant = as_meant(tree, base.gaps)
    said = {(each.code, each.span) for each in base.diagnostics}
    for name, patch in overlays.items():
        if not isinstance(patch, MappingNode) or not patch:
            yield from _base_variant(name, tree, base)
            continue
        with stage("read"):
            found = overlaid(meant, name, patch, base.gaps.elsewhere)
        new = [each for each in found.diagnostics if (each.code, each.span) not in said]
        diagnostics += _with_removals(new, found.tree, found.removed, name)
        if found.value is not None:
            flow = dataflow_of(found.value)
            is_whole = found.is_whole and not any(base.gaps)
            yield Variant(name, found.tree, found.value, flow, found.gaps, found.removed, is_whole)


def _base_variant(environment: str, tree: Tree, base: Reading) -> Iterable[Variant]:
    if base.value is not None:
        flow, is_whole = dataflow_of(base.value), not any(base.gaps)
        yield Variant(environment, tree, base.value, flow, base.gaps, is_whole=is_whole)


def _checked(result: Compilation, variant: Variant, texts: Texts | None) -> Iterable[Diagnostic]:
    assert result.platform is not None
    context = Context(
        variant.project,
        variant.environment,
        result.platform,
        result.locked(variant.environment),
        variant.flow,
    )
    if texts is not None and variant.is_whole:
        context.texts = texts
    problems = without_echoes(run_checks(context), variant.tree, variant.gaps)
    found = (diagnose(variant.tree, problem) for problem in islice(problems, MAX_PROBLEMS))
    return _with_removals(found, variant.tree, variant.removed or {}, variant.environment)


def _with_removals(
    found: Iterable[Diagnostic], tree: Tree, removed: Mapping[Path, Any], environment: str
) -> Iterable[Diagnostic]:
    """The diagnostics of an environment, and where one misses something that the overlay removes,
    the place of that: what misses it stands in the base document, which is right without the
    overlay."""
    placed = [
        (each, removal_of(removed, each.message) if each.code in _MISSES_SOMETHING else None)
        for each in found
    ]
    needed = {place for each, place in placed if each.severity == "error"}
    for each, place in placed:
        if place is None:
            yield each.replace(environment=environment)
        elif each.code != "MLS204" or place not in needed:  # that it was removed is the mistake
            span = span_at(tree, place, key=True)
            message = f"`{place[-1]}` is removed for {environment} here"
            related = (*each.related, Related(message=message, span=span))
            yield each.replace(environment=environment, related=related)


def guarded(results: list[Compilation], *, own_renderers: bool) -> list[Compilation]:
    """The results with what they break of their platforms' guardrails, if there are any."""
    if not any(each.platform and each.platform.guardrails for each in results):
        return results
    from mlspec.cli.guarding import with_guardrails

    with stage("guardrails"):
        return with_guardrails(results, own_renderers=own_renderers)


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
