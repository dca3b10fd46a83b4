"""guardrails_test.yaml: finding it, reading it, and running the examples in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from mlspec.cli.compilation import compile_tree
from mlspec.cli.discovery import DEFAULT_PLATFORM, PLATFORM_FILE, find_platform
from mlspec.cli.guarding import findings, kinds_for
from mlspec.diagnostics import Diagnostic
from mlspec.guardrails.cel.engine import Engine
from mlspec.guardrails.evaluate import look_at
from mlspec.guardrails.finding import Break
from mlspec.guardrails.scope import holds_in
from mlspec.guardrails.telling import BAD, UNJUDGED, wrong
from mlspec.language.guardrails import CelGuardrail
from mlspec.language.reader import read
from mlspec.language.suggestions import did_you_mean
from mlspec.source.overlay import merge
from mlspec.source.parser import parse, parse_file
from mlspec.source.problem import Problem, diagnose
from mlspec.source.reader import SourceError
from mlspec.source.tree import MappingNode, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mlspec.language.guardrail_tests import GuardrailTest
    from mlspec.language.platform import Platform

TESTS_FILE = "guardrails_test.yaml"

_BASE = """\
apiVersion: mlspec.io/v1alpha1
kind: Project
metadata: {name: example, team: example}
environments: {}
"""


class Suite(NamedTuple):
    """A platform and the examples for its guardrails."""

    platform: Platform
    platform_file: str
    tree: Tree
    tests: Mapping[str, GuardrailTest]

    @property
    def never_broken(self) -> tuple[str, ...]:
        return self._without({name for test in self.tests.values() for name in test.breaks})

    @property
    def never_passed(self) -> tuple[str, ...]:
        return self._without({name for test in self.tests.values() for name in test.passes})

    def _without(self, names: set[str]) -> tuple[str, ...]:
        return tuple(name for name in self.platform.guardrails if name not in names)


class Outcome(NamedTuple):
    """What became of one example: why it failed, if it did."""

    name: str
    failures: tuple[str, ...]


def platform_file(path: str | None) -> str:
    """The platform.yaml that is meant. None there is wrong usage."""
    if path is None:
        found = find_platform("project.yaml")
        if Path(found) == DEFAULT_PLATFORM:
            raise click.UsageError(f"there is no {PLATFORM_FILE} here or above; name one")
        return found
    file = str(Path(path) / PLATFORM_FILE) if Path(path).is_dir() else path
    if not os.path.lexists(file):
        raise click.UsageError(f"{file} does not exist")
    return file


def load(
    file: str, platform: Platform, trees: Sequence[Tree]
) -> tuple[Suite | None, tuple[Tree, ...], list[Diagnostic]]:
    """The examples beside a platform, and what is wrong with them or with the guardrails."""
    place = str(Path(file).with_name(TESTS_FILE))
    if not os.path.lexists(place):
        names = ", ".join(platform.guardrails) or "none"
        raise click.UsageError(
            f"there is no {place}; docs/guardrails.md says how to write one (guardrails: {names})"
        )
    try:
        tree = parse_file(place)
    except SourceError as error:
        return None, tuple(trees), list(error.diagnostics)
    reading = read("guardrail_tests", tree)
    diagnostics = [*tree.errors, *reading.diagnostics, *_wrong_rules(platform, trees[0])]
    if reading.value is None:
        return None, (*trees, tree), diagnostics
    suite = Suite(platform, file, tree, reading.value.tests)
    diagnostics += [diagnose(tree, problem) for problem in _wrong_tests(suite)]
    return suite, (*trees, tree), diagnostics


def _wrong_rules(platform: Platform, tree: Tree) -> list[Diagnostic]:
    with Engine() as engine:
        bad = look_at(platform, engine, kinds_for(platform, tree.file))
    code = UNJUDGED if bad.is_unavailable else BAD
    found = [diagnose(tree, problem) for problem in bad.problems]
    return found + [wrong(code, failure, tree) for failure in bad.failures]


def _wrong_tests(suite: Suite) -> Iterator[Problem]:
    for name, test in suite.tests.items():
        path = ("tests", name)
        if (test.project is None) == (test.object is None):
            yield Problem(
                "MLS102", path, f"the example `{name}` needs either `project` or `object`",
                help="`project` for sections of a project.yaml, `object` for a rule in CEL",
                on_key=True,
            )  # fmt: skip
        if not test.breaks and not test.passes:
            yield Problem(
                "MLS102", path, f"the example `{name}` says nothing of any guardrail", on_key=True,
                help="add `breaks: [NAME]` or `passes: [NAME]`",
            )  # fmt: skip
        if test.environment and test.environment not in suite.platform.environments:
            yield Problem(
                "MLS504", (*path, "environment"),
                f"the platform has no environment `{test.environment}`",
                help=did_you_mean(test.environment, suite.platform.environments),
            )  # fmt: skip
        for key in ("breaks", "passes"):
            for index, rule in enumerate(getattr(test, key)):
                yield from _wrong_name(suite, test, rule, (*path, key, index))


def _wrong_name(
    suite: Suite, test: GuardrailTest, rule: str, path: tuple[str | int, ...]
) -> Iterator[Problem]:
    known = suite.platform.guardrails
    if rule not in known:
        help = did_you_mean(rule, known, "there is none")
        yield Problem("MLS201", path, f"there is no guardrail `{rule}`", help=help)
    elif test.object is not None and not isinstance(known[rule], CelGuardrail):
        yield Problem(
            "MLS210", path, f"`{rule}` is a built-in rule, which judges projects, not an object",
            help="write `project` in place of `object`",
        )  # fmt: skip


def run(suite: Suite) -> Iterator[Outcome]:
    """Runs the examples, in their order."""
    with Engine() as engine:
        for name, test in suite.tests.items():
            yield Outcome(name, tuple(_failures(suite, name, test, engine)))


def _failures(suite: Suite, name: str, test: GuardrailTest, engine: Engine) -> Iterator[str]:
    environment = test.environment or _environment(suite, test)
    if test.object is not None:
        found: dict[str, list[str]] | str = _of_object(suite, test, environment, engine)
    else:
        found = _of_project(suite, name, test, environment, engine)
    if isinstance(found, str):
        yield found
        return
    for rule in test.breaks:
        if not holds_in(suite.platform.guardrails[rule], environment, suite.platform):
            yield f"{rule}: does not hold in `{environment}`"
        elif not found.get(rule):
            yield f"{rule}: should break, and passes"
    for rule in test.passes:
        if found.get(rule):
            yield f"{rule}: should pass, but: {found[rule][0]}"


def _environment(suite: Suite, test: GuardrailTest) -> str:
    """The first environment where all guardrails of an example hold; else the first there is."""
    platform = suite.platform
    rules = [platform.guardrails[name] for name in (*test.breaks, *test.passes)]
    for environment in platform.environments:
        if all(holds_in(rule, environment, platform) for rule in rules):
            return environment
    return next(iter(platform.environments), "")


def _tree(suite: Suite, snippet: Any, environment: str) -> Tree:
    """A project that is nothing but the snippet; what is wrong with it is told at its place."""
    base = _without_places(parse(_BASE, suite.tree.file).root)
    base["environments"] = _without_places({environment: {}})
    return suite.tree._replace(root=merge(base, snippet))


def _without_places(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    node = MappingNode()
    node.update({key: _without_places(inner) for key, inner in value.items()})
    return node


def _of_project(
    suite: Suite, name: str, test: GuardrailTest, environment: str, engine: Engine
) -> dict[str, list[str]] | str:
    """Guardrail → what it finds; or why the example cannot be judged."""
    tree = _tree(suite, suite.tree.root["tests"][name]["project"], environment)
    rules = {rule: suite.platform.guardrails[rule] for rule in (*test.breaks, *test.passes)}
    platform = suite.platform.replace(guardrails=rules)
    result = compile_tree(tree, platform, suite.platform_file)
    chosen = [each for each in result.variants if each.environment == environment]
    needs_all = any(getattr(rule, "each", "") in ("plan", "manifest") for rule in rules.values())
    if not chosen or (needs_all and result.failed):
        first = next(each for each in result.diagnostics if each.severity == "error")
        return f"the example is not a project: {first.message} (line {first.span.line})"
    result = result._replace(variants=tuple(chosen))
    found: dict[str, list[str]] = {}
    from mlspec.cli.targets import RendererError

    try:
        for _, finding in findings(result, (), engine):
            found.setdefault(finding.name, []).append(finding.found.message)
            if not isinstance(finding.found, Break):
                return f"{finding.name}: {finding.found.message}"
    except RendererError as error:
        return str(error)
    return found


def _of_object(
    suite: Suite, test: GuardrailTest, environment: str, engine: Engine
) -> dict[str, list[str]] | str:
    from mlspec.checks import Context, dataflow_of
    from mlspec.guardrails.cel.judging import judge
    from mlspec.guardrails.cel.views import Thing, Views, plain
    from mlspec.guardrails.sections import is_of_kind
    from mlspec.language.lock import LockedEnvironment
    from mlspec.manifests.manifest import Manifest

    tree = _tree(suite, _without_places({}), environment)
    project = read("project", tree).value
    views = Views(
        Context(project, environment, suite.platform, LockedEnvironment(), dataflow_of(project))
    )
    engine.use({"project": views.project, "environment": views.environment})
    thing = Thing("the object", (), plain(test.object))
    found: dict[str, list[str]] = {}
    for name in (*test.breaks, *test.passes):
        rule = suite.platform.guardrails[name]
        assert isinstance(rule, CelGuardrail)
        manifest = Manifest(body=dict(test.object or {}))
        if manifest.kind and not is_of_kind(manifest, rule.kinds):
            return f"{name}: is not asked about a {manifest.kind}"
        for _, each in judge(rule, [thing], engine):
            if not isinstance(each, Break):
                return f"{name}: {each.message}"
            found.setdefault(name, []).append(each.message)
    return found
