"""Guardrails, put together with the rest: compiled projects → the same, with what they break.

Imported only where a platform has guardrails. Those about manifests render the project in memory;
no other does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.checks import Context
from mlspec.cli.compilation import plans_of
from mlspec.diagnostics import Diagnostic, Span
from mlspec.guardrails.cel.engine import Engine
from mlspec.guardrails.evaluate import guarded, look_at, of_the_plan, of_the_spec
from mlspec.guardrails.finding import Break
from mlspec.guardrails.telling import BAD, UNJUDGED, broken, wrong
from mlspec.language.platform import Renderers
from mlspec.language.project import LOCAL
from mlspec.language.validator import MAX_PROBLEMS
from mlspec.source.problem import diagnose

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from mlspec.cli.compilation import Compilation, Variant
    from mlspec.cli.targets import Loaded
    from mlspec.guardrails.evaluate import Guarded, WrongGuardrails
    from mlspec.guardrails.finding import Finding
    from mlspec.language.platform import Platform
    from mlspec.manifests.manifest import Manifest
    from mlspec.plan.model import Plan
    from mlspec.source.tree import Tree


def with_guardrails(
    results: Sequence[Compilation], *, own_renderers: bool = True
) -> list[Compilation]:
    """The results with what they break of their platforms' guardrails. Without `own_renderers` no
    renderer that a platform names is loaded, and so what it renders is not judged."""
    with Engine() as engine:
        known: dict[str, WrongGuardrails] = {}
        trusted = results if own_renderers else [_without_renderers(each) for each in results]
        found = [
            _guarded(result, engine, known, whole.platform)
            for result, whole in zip(trusted, results, strict=True)
        ]
    return [
        result._replace(diagnostics=each.diagnostics)
        for result, each in zip(results, found, strict=True)
    ]


def _without_renderers(result: Compilation) -> Compilation:
    if result.platform is None:
        return result
    return result._replace(platform=result.platform.replace(renderers=Renderers()))


def kinds_for(platform: Platform, file: str) -> frozenset[str] | None:
    """The kinds that the platform's targets make, where a guardrail names some; else None."""
    if not any(getattr(guardrail, "kinds", ()) for guardrail in platform.guardrails.values()):
        return None
    from mlspec.cli.targets import RendererError, load_renderers

    try:
        return frozenset(k for each in load_renderers(platform, file) for k in each.module.KINDS)
    except RendererError:  # told where something is rendered
        return None


def _guarded(
    result: Compilation,
    engine: Engine,
    known: dict[str, WrongGuardrails],
    whole: Platform | None,
) -> Compilation:
    """A platform that is wrong in other ways is mended first: it may not be what it seems. `whole`
    is it with all renderers that it names."""
    platform, tree = result.platform, _platform_tree(result)
    if platform is None or tree is None or not platform.guardrails:
        return result
    if any(each.span.file == tree.file and each.severity == "error" for each in result.diagnostics):
        return result
    if tree.file not in known:
        has_all = whole is not None and platform.renderers == whole.renderers
        kinds = kinds_for(platform, tree.file) if has_all else None
        known[tree.file] = look_at(platform, engine, kinds)
    bad = known[tree.file]
    code = UNJUDGED if bad.is_unavailable else BAD
    found = [diagnose(tree, problem) for problem in bad.problems]
    found += [wrong(code, failure, tree) for failure in bad.failures]
    found += _diagnostics(result, tree, bad, engine)
    return result._replace(diagnostics=(*result.diagnostics, *found))


def _diagnostics(
    result: Compilation, platform_tree: Tree, bad: WrongGuardrails, engine: Engine
) -> list[Diagnostic]:
    from mlspec.cli.targets import RendererError

    assert result.platform is not None
    told: list[Diagnostic] = []
    wrong_renderer: list[Diagnostic] = []
    try:
        for variant, finding in findings(result, bad.unusable, engine):
            if isinstance(finding.found, Break):
                found = broken(finding, variant.tree, result.platform, platform_tree)
            else:
                found = wrong(UNJUDGED, finding, platform_tree)
            told.append(found.replace(environment=variant.environment))
            if len(told) > MAX_PROBLEMS * len(result.variants):
                break
    except RendererError as error:
        span = Span(file=result.platform_file)
        wrong_renderer.append(Diagnostic(code="MLS606", message=str(error), span=span))
    rendered = {variant.environment for variant in result.variants} - {"", LOCAL}
    return [*_everywhere(told, rendered), *wrong_renderer]


def _everywhere(told: Sequence[Diagnostic], environments: set[str]) -> Iterator[Diagnostic]:
    """The diagnostics, of no environment where they are those of all that are rendered: on this
    machine no guardrail holds."""
    seen: dict[tuple[str, Span, str], set[str]] = {}
    for each in told:
        seen.setdefault((each.code, each.span, each.message), set()).add(each.environment)
    for each in told:
        is_everywhere = seen[each.code, each.span, each.message] >= environments
        yield each.replace(environment="") if is_everywhere else each


def _platform_tree(result: Compilation) -> Tree | None:
    return next((tree for tree in result.trees if tree.file == result.platform_file), None)


def findings(
    result: Compilation, unusable: Collection[str], engine: Engine
) -> Iterator[tuple[Variant, Finding]]:
    """What a project breaks of its platform's guardrails, in each environment: first those about
    the spec, then those about plans and manifests, if it has no errors. Raises RendererError."""
    given = [(variant, _given(result, variant, unusable)) for variant in result.variants]
    for variant, each in given:
        for finding in of_the_spec(each, engine):
            yield variant, finding
    if result.failed or not any(each.needs_a_plan for _, each in given):
        return  # a plan is made only of a project without errors
    from mlspec.cli.targets import Loaded

    loaded = Loaded()
    plans = {plan.environment: plan for plan in plans_of(result)}
    for variant, each in given:
        plan = plans.get(variant.environment)
        if each.needs_a_plan and plan is not None:
            manifests = _manifests(result, plan, loaded) if each.needs_manifests else []
            for finding in of_the_plan(each, plan, manifests, engine):
                yield variant, finding


def _given(result: Compilation, variant: Variant, unusable: Collection[str]) -> Guarded:
    assert result.platform is not None
    locked = result.locked(variant.environment)
    context = Context(variant.project, variant.environment, result.platform, locked, variant.flow)
    return guarded(context, variant.tree, unusable)


def _manifests(result: Compilation, plan: Plan, loaded: Loaded) -> list[Manifest]:
    from mlspec.cli.targets import render_plan

    assert result.platform is not None
    renderers = loaded.of(result.platform, result.platform_file)
    return [each.manifest for each in render_plan(plan, renderers)]
