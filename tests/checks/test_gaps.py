"""One mistake, one message: what is left out because of a mistake is not missed anywhere else.

And the other way round: what has nothing to do with a mistake is reported beside it, in one run.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from mlspec.checks import Context, dataflow_of, run_checks
from mlspec.checks.gaps import without_echoes
from mlspec.diagnostics import Diagnostic
from mlspec.language.lock import LockedEnvironment
from mlspec.language.platform import Platform
from mlspec.language.reader import read
from mlspec.source.parser import parse
from mlspec.source.problem import Problem
from tests.checks.test_every_code import MEANINGS
from tests.specs import FILE, PROJECT, ROOT, merged, plain, platform

SPECS = {
    "example": ("projects/example/project.yaml", "projects/platform.yaml"),
    "wide": ("tests/fuzz/bases/wide.project.yaml", "tests/fuzz/bases/wide.platform.yaml"),
    "sources": ("tests/fuzz/bases/sources.project.yaml", "tests/fuzz/bases/wide.platform.yaml"),
}

WRONG = {
    "list": [[1]], "number": -7, "null": None, "text": "?? ??", "mapping": {"zzqxj": 1},
}  # fmt: skip
"""What no key of the language can have."""

STRANGE = "zzqxj"
"""A key that is like no other."""

Mistake = tuple[tuple[str | int, ...], str, Any]
"""Where a spec was broken, how, and the broken spec."""


@cache
def spec(name: str) -> Any:
    return plain(parse((ROOT / SPECS[name][0]).read_text(encoding="utf-8"), FILE).root)


@cache
def platform_of(name: str) -> Platform:
    file = SPECS[name][1]
    found: Platform = read("platform", parse((ROOT / file).read_text("utf-8"), file)).value
    return found


def findings(text: str, on: Platform) -> tuple[list[Diagnostic], list[Problem]]:
    """What is wrong with the shape, and with the meaning."""
    tree = parse(text, FILE)
    project, shape, gaps = read("project", tree)
    assert project is not None
    context = Context(project, "dev", on, LockedEnvironment(), dataflow_of(project))
    return shape, list(without_echoes(run_checks(context), tree, gaps))


def dump(root: Any) -> str:
    return yaml.safe_dump(root, sort_keys=False, width=10_000, allow_unicode=True)


def places(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in inner:
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


def at(root: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        root = root[step]
    return root


def mistakes(root: Any, kind: str) -> Iterator[Mistake]:
    """The spec with a mistake of that kind at each place in turn."""
    for path in places({k: v for k, v in root.items() if k != "environments"}):
        broken = copy.deepcopy(root)
        holder, key = at(broken, path[:-1]), path[-1]
        if kind == "removed":
            del holder[key]
        elif kind == "renamed":
            if isinstance(holder, list):
                continue
            items = [(STRANGE if k == key else k, v) for k, v in holder.items()]
            holder.clear()
            holder.update(items)
        elif kind == "mapping" and isinstance(holder[key], (dict, list)):
            continue  # that takes the names away as well: two mistakes
        else:
            holder[key] = WRONG[kind]
        yield path, kind, broken


@pytest.mark.parametrize("kind", ["removed", "renamed", *WRONG])
@pytest.mark.parametrize("name", SPECS)
def test_a_mistake_has_no_echo(name: str, kind: str) -> None:
    on = platform_of(name)
    before = {(p.code, p.message) for p in findings(dump(spec(name)), on)[1]}
    count = 0
    echoes = []
    for path, _, broken in mistakes(spec(name), kind):
        shape, meaning = findings(dump(broken), on)
        count += bool(shape)
        echoes += [
            (path, p.code, p.message) for p in meaning if shape if (p.code, p.message) not in before
        ]

    assert count > 5
    assert echoes == []


ELSEWHERE = {
    "a-choice": "pipeline: {concurrency: maybe}",
    "a-section": "access: 5",
    "a-step-s-resources": "training: {grader: {resources: {cpu: []}}}",
    "a-step-s-retries": "transforms: {clean: {retries: {limit: [1]}}}",
    "a-text": "metadata: {description: 5}",
    "a-key-of-a-step": "training: {grader: {zzqxj: 5}}",
    "a-key-of-a-service": "serving: {api: {zzqxj: 5}}",
    "an-output-s-format": "transforms: {clean: {outputs: {tidy: {format: xx}}}}",
    "a-section-that-is-none": "zzqxj: 5",
}


@pytest.mark.parametrize("shape", ELSEWHERE)
@pytest.mark.parametrize("code", MEANINGS)
def test_a_mistake_elsewhere_hides_none(shape: str, code: str) -> None:
    text = merged(merged(PROJECT, ELSEWHERE[shape]), MEANINGS[code])

    of_shape, of_meaning = findings(text, platform())

    assert len(of_shape) == 1 or not of_shape, "the patch of the code may take the mistake back"
    assert code in {problem.code for problem in of_meaning}


REGISTRY = "registry: {type: mlflow, models: {grader: %s}}"


@pytest.mark.parametrize(
    "models", ["{gates: {f1: {min: 80%}}}", "{gates: {f1: {mni: 0.8}}}", "{gates: {f1: 5}}"]
)
def test_a_gate_brings_no_name(models: str) -> None:
    wrong = "serving: {api: {model: gradr}}\ntraining: {grader: {resources: {cpu: 4000}}}"
    text = merged(merged(PROJECT, REGISTRY % models), wrong)

    shape, meaning = findings(text, platform("environments: {dev: {quota: {cpu: 8}}}"))

    assert len(shape) == 1
    assert {problem.code for problem in meaning} >= {"MLS201", "MLS502"}


@pytest.mark.parametrize("models", ["{alias: 5}", "{aleeahs: x}", "5"])
def test_an_alias_that_is_lost_is_not_missed(models: str) -> None:
    text = merged(merged(PROJECT, REGISTRY % models), "serving: {api: {alias: other}}")

    shape, meaning = findings(text, platform())

    assert shape
    assert meaning == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("  grader:", "  Grader:", id="training"),
        pytest.param("      tidy:", "      Tidy:", id="output"),
        pytest.param("  clean:", "  Clean:", id="transform"),
        pytest.param("    tastings:", "    Tastings:", id="source"),
        pytest.param("    - tastings", "    - Tastings", id="input"),
    ],
)
def test_a_name_in_capitals_is_one_mistake(old: str, new: str) -> None:
    shape, meaning = findings(PROJECT.replace(old, new), platform())

    assert [d.code for d in shape] == ["MLS105"]
    assert meaning == []


def test_a_name_with_other_signs_between_its_words_is_one_mistake() -> None:
    text = PROJECT.replace("model: grader", "model: wine-grader")
    text = text.replace("  grader:", "  Wine_Grader:")

    shape, meaning = findings(text, platform())

    assert [d.code for d in shape] == ["MLS105"]
    assert meaning == []


def test_a_related_place_is_told_by_the_key_as_it_is_written() -> None:
    patch = f"{REGISTRY % '{alias: champion}'}\nserving: {{api: {{alias: other}}}}"
    text = merged(PROJECT, patch).replace("registry:", "Registry:")

    _, meaning = findings(text, platform())

    [wrong] = [problem for problem in meaning if problem.code == "MLS507"]
    assert [path[0] for _, path in wrong.related] == ["Registry"]


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        pytest.param(
            "training: {grader: {params: {depth: [1]}, inputs: [tidy, tidi]}}",
            {"MLS201"}, id="an-input-beside-a-param-that-cannot-be-read",
        ),
        pytest.param(
            "transforms: {clean: {inputs: [tastings, Tidied]}}\n"
            "training: {grader: {inputs: [tidy, nope]}}",
            {"MLS201"}, id="an-input-beside-one-in-capitals",
        ),
        pytest.param(
            "data: {sources: {Tastings: {type: s3, uri: 's3://a/b', format: csv}, tastings: null}}",
            set(), id="a-source-with-a-wrong-name",
        ),
        pytest.param(
            "training: {grader: {inputs: [Tidy, tastigns]}}", set(), id="an-input-of-wrong-form"
        ),
        pytest.param(
            "transforms: {clean: {outputs: {tidy: {format: csw}}}}\nserving: {api: {model: gradr}}",
            {"MLS201"}, id="a-name-that-no-gap-can-hold",
        ),
        pytest.param(
            "transforms: {clean: 5}\nserving: {api: {model: gradr}}",
            {"MLS201"}, id="a-model-beside-a-transform-that-cannot-be-read",
        ),
        pytest.param(
            "training: {other: {run: a, inputs: [tidie]}}\ntransforms: {clean: 5}",
            set(), id="data-beside-a-transform-that-cannot-be-read",
        ),
    ],
)  # fmt: skip
def test_a_name_is_missed_only_where_no_gap_may_hold_it(patch: str, said: set[str]) -> None:
    shape, meaning = findings(merged(PROJECT, patch), platform())

    assert shape
    assert {problem.code for problem in meaning} == said


def test_a_place_is_told_by_the_key_as_it_is_written() -> None:
    text = PROJECT.replace("    inputs:\n    - tastings", "    inptus:\n    - tastigns")

    shape, meaning = findings(text, platform())

    assert [d.code for d in shape] == ["MLS101"]
    [wrong] = [
        problem for problem in meaning if "tastigns" in problem.message and problem.code == "MLS201"
    ]
    assert wrong.path == ("transforms", "clean", "inptus", 0)


def test_a_name_that_a_duplicate_key_dropped_is_not_missed() -> None:
    text = PROJECT.replace(
        "metadata:", "data: {sources: {more: {type: s3, uri: s3://a/b}}}\nmetadata:", 1
    )

    tree = parse(text, FILE)
    project, _, gaps = read("project", tree)
    context = Context(project, "dev", platform(), LockedEnvironment(), dataflow_of(project))

    assert [d.code for d in tree.errors] == ["MLS004"]
    assert "MLS201" in {problem.code for problem in run_checks(context)}
    assert list(without_echoes(run_checks(context), tree, gaps)) == []
