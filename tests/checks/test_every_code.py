"""Every code of the stages before rendering has a spec that earns it.

One line a code: what a person could write to see it. The tests of each stage say where it points
and what it says.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from mlspec.checks import run_checks
from mlspec.cli.compilation import compile_project
from mlspec.cli.silencing import with_policy
from mlspec.diagnostics.codes import CODES
from mlspec.source.parser import parse, parse_file
from mlspec.source.reader import SourceError, decode
from tests.specs import PLATFORM, PROJECT, ROOT, context, read_patch

TEXTS = {
    "MLS002": "a: \x07",
    "MLS003": "a: [1",
    "MLS004": "a: 1\na: 2",
    "MLS005": "a: !!int 1",
    "MLS006": "- 1",
    "MLS009": "a: 1 # \u202e",
}

SHAPES = {
    "MLS101": "nmae: x",
    "MLS102": "metadata: null",
    "MLS103": "image: [x]",
    "MLS104": "pipeline: {concurrency: maybe}",
    "MLS105": "metadata: {name: Wine}",
    "MLS106": "serving: {api: {replicas: 0}}",
    "MLS107": "governance: {}",
}

ROLE = "arn:aws:iam::123456789012:role"
COLUMNS = "transforms: {clean: {outputs: {tidy: {schema: {a: int}}}}}"
MEANINGS = {
    "MLS201": "serving: {api: {model: gradr}}",
    "MLS202": "transforms: {clean: {inputs: [tastings, tidy]}}",
    "MLS203": "training: {clean: {run: a, inputs: [tidy]}}",
    "MLS204": "data: {sources: {spare: {type: s3, uri: s3://cellar/x, format: csv}}}",
    "MLS205": f"{COLUMNS}\ntraining: {{grader: {{expects: {{tidy: {{b: int}}}}}}}}",
    "MLS206": f"{COLUMNS}\ntraining: {{grader: {{expects: {{tidy: {{a: bool}}}}}}}}",
    "MLS207": """
registry: {type: mlflow, models: {grader: {alias: champion, gates: {auc: {min: 1}}}}}
""",
    "MLS208": "serving: {api: {rollout: {strategy: ab, variants: {a: 1}}}}",
    "MLS209": "training: {grader: {run: 'a ${{ inputs.x }}'}}",
    "MLS210": "training: {grader: {inputs: [clean]}}",
    "MLS211": "data: {sources: {tastings: {type: jdbc, uri: 'jdbc:x'}}}",
    "MLS212": "pipeline: {schedule: daily}",
    "MLS213": "pipeline: {schedule: '0 0 31 2 *'}",
    "MLS214": "serving: {api: {replicas: {min: 2, max: 1}}}",
    "MLS215": "serving: {api: {rollout: {strategy: shadow, candidate: champion}}}",
    "MLS216": "data: {sources: {tastings: {freshness: 24h}}}",
    "MLS217": "data: {sources: {tastings: {format: avro, schema: {a: int}}}}",
    "MLS218": f"""
data: {{sources: {{
  tastings: {{credentials: {{workload_identity: '{ROLE}/a'}}}},
  more: {{type: s3, uri: s3://cellar/x, format: csv,
          credentials: {{workload_identity: '{ROLE}/b'}}}}}}}}
transforms: {{clean: {{inputs: [tastings, more]}}}}
""",
    "MLS219": "serving: {api: {replicas: {min: 2, target: {cpu: 70}}}}",
    "MLS301": "training: {grader: {run: 'a {{x}}'}}",
    "MLS302": "training: {grader: {run: 'a && b'}}",
    "MLS401": "training: {grader: {env: {TOKEN: x9f2kq81zz}}}",
    "MLS402": "image: a:latest",
    "MLS507": "registry: {type: mlflow, models: {grader: {alias: next}}}",
    "MLS501": f"metadata: {{name: {'a' * 63}}}",
    "MLS508": "serving: {api: {expose: {host: wine.example.com}}}",
    "MLS505": "data: {sources: {tastings: {type: file, uri: a.csv}}}",
}
PROTECTED = {
    "MLS403": "",
    "MLS503": "",
    "MLS506": "data: {sources: {tastings: {type: git, uri: 'https://h/r', path: a}}}",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_that_is_no_spec(code: str) -> None:
    try:
        found = parse(TEXTS[code], "f.yaml").errors
    except SourceError as error:
        found = error.diagnostics

    assert {diagnostic.code for diagnostic in found} == {code}


def test_a_file_that_is_none() -> None:
    with pytest.raises(SourceError) as raised:
        parse_file("/")

    assert raised.value.diagnostics[-1].code == "MLS001"


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(SourceError) as raised:
        decode(b"\xff", "f.yaml")

    assert raised.value.diagnostics[-1].code == "MLS002"


@pytest.mark.parametrize("code", SHAPES)
def test_a_spec_of_the_wrong_shape(code: str) -> None:
    assert {d.code for d in read_patch(SHAPES[code])} == {code}


@pytest.mark.parametrize("code", MEANINGS)
def test_a_spec_that_means_nothing(code: str) -> None:
    assert {problem.code for problem in run_checks(context(MEANINGS[code]))} == {code}


@pytest.mark.parametrize("code", PROTECTED)
def test_a_spec_that_a_protected_environment_refuses(code: str) -> None:
    found = {problem.code for problem in run_checks(context(PROTECTED[code], environment="prod"))}

    assert code in found
    assert found <= set(PROTECTED)


def test_an_environment_that_the_platform_does_not_have() -> None:
    given = context("environments: {nowhere: {}}", environment="nowhere")

    assert {problem.code for problem in run_checks(given)} == {"MLS504"}


def test_more_than_the_quota() -> None:
    given = context(on="environments: {dev: {quota: {cpu: 1m}}}")

    assert {problem.code for problem in run_checks(given)} == {"MLS502"}


def test_a_host_of_somebody_else() -> None:
    platform = "gateway: {resource: {name: public}, domains: [ml.example.com]}"
    given = context("serving: {api: {expose: {host: wine.example.com}}}", on=platform)

    assert {problem.code for problem in run_checks(given)} == {"MLS509"}


COMMENTS = {
    "MLS007": "# mlspec: ignore[MLS204] nothing is unused here\nmetadata:",
    "MLS008": "# mlspec: ignore[MLS204]\nmetadata:",
}


@pytest.mark.parametrize("code", COMMENTS)
def test_a_comment_that_silences_nothing(code: str, tmp_path: Path) -> None:
    text = PROJECT.replace("metadata:", COMMENTS[code], 1)
    (tmp_path / "project.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "platform.yaml").write_text(PLATFORM, encoding="utf-8")
    result = compile_project(str(tmp_path / "project.yaml"))

    [judged] = with_policy([result], strict=False)

    before = {diagnostic.code for diagnostic in result.diagnostics}
    assert {diagnostic.code for diagnostic in judged.diagnostics} - before == {code}


HERE = {
    *TEXTS, *SHAPES, *MEANINGS, *PROTECTED, *COMMENTS, "MLS001", "MLS502", "MLS504", "MLS509",
}  # fmt: skip


def test_no_code_is_left_out() -> None:
    assert {code for code in CODES if code < "MLS6"} == HERE


@pytest.mark.parametrize("code", sorted(set(CODES) - HERE))
def test_a_code_of_the_generated_tree_has_a_test_that_sees_it(code: str) -> None:
    """Those need a tree, or a renderer, that is wrong: the tests of the commands make them."""
    tests = [*(ROOT / "tests/cli").glob("test_*.py"), *(ROOT / "tests/output").glob("test_*.py")]

    assert any(_asserts(code, file) for file in tests)


def _asserts(code: str, file: Path) -> bool:
    """Whether an `assert` of the file asks for the code."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    texts = (
        constant.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
        for constant in ast.walk(node.test)
        if isinstance(constant, ast.Constant)
    )
    return any(code in text for text in texts if isinstance(text, str))


@cache
def emitted() -> frozenset[str]:
    """Every text of the compiler that is a code, the table and what is done about codes aside."""
    places = [*(ROOT / "mlspec").rglob("*.py"), *(ROOT / "renderers").rglob("*.py")]
    aside = {
        "mlspec/diagnostics/codes.py", "mlspec/diagnostics/policy.py", "mlspec/checks/gaps.py",
        "mlspec/cli/compilation.py", "mlspec/diagnostics/excerpt.py",
    }  # fmt: skip
    texts = {"MLS007", "MLS008"} & _codes_given(ROOT / "mlspec/diagnostics/policy.py")
    for file in places:
        if file.relative_to(ROOT).as_posix() not in aside:
            texts |= _texts(file)
    return frozenset(texts)


def _texts(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _codes_given(file: Path) -> set[str]:
    """The texts that are given as `code=` to a Diagnostic."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "code"
        if isinstance(node.value, ast.Constant)
    }


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_emitted_somewhere_and_explained(code: str) -> None:
    assert code in emitted()
    assert (ROOT / f"mlspec/diagnostics/explanations/{code}.md").is_file()
