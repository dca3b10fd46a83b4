"""Warnings that the cache has are said again without compiling: the very same words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlspec.cache.store import Store
from mlspec.cli import workshop
from mlspec.cli.retold import KEPT, from_lists, may_be_retold, to_lists
from mlspec.diagnostics import Diagnostic, Edit, Fix, Related, Span
from mlspec.diagnostics.codes import CODES
from mlspec.diagnostics.report import FORMATS
from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, PROJECT, renderer, write
from tests.cli.test_ignore import UNUSED
from tests.cli.test_mistakes import PROJECTS, expected_codes

FILE = "wine/project.yaml"
BUILT_IN = PLATFORM.split("renderers:")[0]
ABOUT_COMMENTS = {"MLS007", "MLS008"}
OWNED = "{rule: owners-required, severity: warning, owner: ml-platform}"
IMAGE = """\
{rule: allowed-registries, severity: warning, registries: [quay.io/acme], help: "ask «us»"}
"""
CEL = """\
  named:
    rule: cel
    severity: warning
    each: %s
    expression: %s
    message: it must be so
"""
SPARE = "{type: s3, uri: 's3://cellar/x', format: csv, credentials: {secret: s3}}"
OF_STAGING = f"staging: {{data: {{sources: {{spare: {SPARE}}}}}, "
LOCK = "apiVersion: mlspec.io/v1alpha1\nkind: Lock\nenvironments: {}\n"
RANDOM = "Tr0ub4dor&3xyzQ"


def mistakes() -> Iterator[tuple[str, dict[str, str]]]:
    """Those of the corpus that are no errors; of their first lines, each is a sign of a comment
    that silences."""
    for project in PROJECTS:
        if all(CODES[code].severity == "warning" for code in expected_codes(project)):
            yield project.stem, {FILE: project.read_text(encoding="utf-8").partition("\n")[2]}


def guarded(guardrails: str) -> dict[str, str]:
    return {FILE: PROJECT, "platform.yaml": f"{BUILT_IN}guardrails:\n{guardrails}"}


CASES: dict[str, dict[str, str]] = {
    **dict(mistakes()),
    "unused": {FILE: UNUSED, "platform.yaml": BUILT_IN, "wine/mlspec.lock": LOCK},
    "many": {FILE: UNUSED.replace(
        "transforms:", "".join(f"    spare{n}: {SPARE}\n" for n in range(30)) + "transforms:")},
    "in-one-environment": {FILE: PROJECT.replace("staging: {", OF_STAGING)},
    "not-ascii": {FILE: PROJECT.replace("python -m wine.clean", "echo «\U0001f377 été» | python")},
    "owner": guarded(f"  owned: {OWNED}\n"),
    "image-of-an-overlay": guarded(f"  ours: {IMAGE}"),
    "expression": guarded(CEL % ("project", "object.image.endsWith(':1.0.0')")),
    "expression-over-a-plan": guarded(CEL % ("plan", "object.environment == 'dev'")),
    "expression-over-manifests": guarded(CEL % ("manifest", "has(object.spec)")),
}  # fmt: skip

each_case = pytest.mark.parametrize("case", CASES)
each_format = pytest.mark.parametrize("format", FORMATS)


@pytest.fixture(autouse=True)
def _empty(cache: Path) -> None:
    """The cache is empty at first."""


def said(run: Run, *words: str) -> tuple[str, str, int]:
    """All that a command says, without the time."""
    result = run(*words)
    out = re.sub(r'\(\d+\.\d+ s\)|"seconds": [\d.e-]+', "(time)", result.stdout)
    return out, result.stderr, result.exit_code


def said_anew(run: Run, *words: str) -> tuple[str, str, int]:
    """The same of what is compiled and never summed up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workshop, "_is_summed_up", lambda result: False)
        return said(run, *words, "--no-cache")


def entries(cache: Path) -> bytes:
    return b"".join(file.read_bytes() for file in cache.rglob("*") if file.is_file())


def codes_in(run: Run) -> set[str]:
    report = json.loads(run("validate", "--format", "json", "--no-cache", code=0).stdout)
    return {each["code"] for each in report["diagnostics"]}


@each_format
@each_case
def test_what_is_known_says_the_very_same(
    case: str, format: str, run: Run, tmp_path: Path, compiled: list[str]
) -> None:
    write(tmp_path, CASES[case])
    run("render", code=0)
    anew = {verb: said_anew(run, verb, "--format", format) for verb in VERBS}
    compiled.clear()

    known = {verb: said(run, verb, "--format", format) for verb in VERBS}

    assert compiled == []
    assert known == anew
    assert all("warning" in out or format == "gitlab" for out, _, _ in known.values())


VERBS = ("validate", "render", "verify")
OPTIONS = [
    ("--strict",), ("--quiet",), ("--max-errors", "1"), ("--strict", "--quiet"),
    ("--strict", "--max-errors", "1"), ("--platform", "platform.yaml"),
]  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
@pytest.mark.parametrize("case", ["unused", "owner"])
def test_with_every_option(
    case: str, options: tuple[str, ...], verb: str, run: Run, tmp_path: Path, compiled: list[str]
) -> None:
    write(tmp_path, CASES[case])
    run("render", code=0)
    anew = said_anew(run, verb, *options)
    compiled.clear()

    assert said(run, verb, *options) == anew
    assert compiled == [] and anew[2] == ("--strict" in options)


@pytest.mark.parametrize("variable", ["NO_COLOR", "FORCE_COLOR"])
def test_in_colour_and_without(
    variable: str, run: Run, tmp_path: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "1")
    write(tmp_path, CASES["owner"])
    run("validate", code=0)
    first = said_anew(run, "validate")
    compiled.clear()

    assert said(run, "validate") == first and compiled == []
    assert ("\x1b[" in first[0]) == (variable == "FORCE_COLOR")


def test_one_environment(run: Run, tmp_path: Path, compiled: list[str]) -> None:
    write(tmp_path, CASES["image-of-an-overlay"])
    run("render", code=0)
    words = ("render", "--env", "staging")
    anew = said_anew(run, *words)
    compiled.clear()

    assert said(run, *words) == anew
    assert compiled == [] and "(staging); no changes" in anew[0] and "warning" in anew[0]


def test_all_that_only_warns_is_tried(run: Run, tmp_path: Path) -> None:
    found = set()
    for case in CASES.values():
        write(tmp_path, {"platform.yaml": BUILT_IN, **case})
        found |= codes_in(run)

    assert found == KEPT


def test_a_warning_that_is_new_is_not_kept_by_itself() -> None:
    """Somebody must look first whether its words follow from the texts alone."""
    assert {c for c, about in CODES.items() if about.severity == "warning"} == (
        KEPT | ABOUT_COMMENTS
    )


@each_case
def test_the_same_texts_elsewhere(
    case: str, run: Run, tmp_path: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another folder, at another depth, from another working directory."""
    files = {"platform.yaml": BUILT_IN, **CASES[case]}
    write(tmp_path, files)
    run("validate", code=0)
    write(tmp_path / "else/where", {n.replace("wine/", "a/b/"): t for n, t in files.items()})
    monkeypatch.chdir(tmp_path / "else/where/a")
    anew = [said_anew(run, "validate", "--format", each) for each in FORMATS]
    compiled.clear()

    assert [said(run, "validate", "--format", each) for each in FORMATS] == anew
    assert compiled == [] and "b/project.yaml" in anew[0][0]


def test_beside_a_project_with_a_mistake(run: Run, tmp_path: Path, compiled: list[str]) -> None:
    wrong = PROJECT.replace("name: wine", "name: beer").replace("inputs: [raw]", "inputs: [rew]")
    write(tmp_path, {**CASES["owner"], "beer/project.yaml": wrong})
    run("validate", "wine", code=0)
    anew = [said_anew(run, "validate", "--format", each) for each in FORMATS]
    compiled.clear()

    assert [said(run, "validate", "--format", each) for each in FORMATS] == anew
    assert set(compiled) == {"beer/project.yaml"} and anew[0][2] == 1


# What others bring about


def test_a_project_in_another_s_place(run: Run, tmp_path: Path, cache: Path) -> None:
    """What only both together bring about is told beside what each has, and kept in no entry."""
    other = {"twin/project.yaml": f"{PROJECT}# another\n"}
    write(tmp_path, {**CASES["owner"], **other})
    run("validate", "wine", code=0)
    run("validate", "twin", code=0)

    known, anew = said(run, "validate"), said_anew(run, "validate")

    assert known == anew and known[2] == 1
    assert known[0].count("error[MLS203]") == 1 and known[0].count("warning[MLS802]") == 2
    assert b"MLS203" not in entries(cache)
    assert "MLS203" not in run("validate", "wine", code=0).stdout


@pytest.mark.parametrize(
    "more",
    [
        {FILE: f"{UNUSED}# mlspec: ignore[MLS204]\n"},
        {FILE: UNUSED, "wine/mlspec.lock": f"{LOCK}# MLS204\n"},
        {FILE: UNUSED, "platform.yaml": PLATFORM, **renderer("maps")},
    ],
    ids=["comment", "comment in the lock", "renderers of its own"],
)
def test_what_stays_out(
    more: dict[str, str], run: Run, tmp_path: Path, cache: Path, compiled: list[str]
) -> None:
    write(tmp_path, {"platform.yaml": BUILT_IN, **more})

    for verb in ("validate", "render", "render", "verify"):
        out, _, code = said(run, verb)
        assert code == 0 and "warning[MLS204]" in out

    assert len(compiled) == 4 and b"MLS" not in entries(cache)


# Secrets


@pytest.mark.parametrize("silenced", ["", "  # mlspec: ignore[MLS401] an example"])
def test_a_project_with_a_secret_is_not_kept(
    silenced: str, run: Run, tmp_path: Path, cache: Path, compiled: list[str]
) -> None:
    secret = f"    env: {{DB_PASSWORD: {RANDOM}}}{silenced}\n"
    piped = PROJECT.replace("--out", f"{RANDOM} | tee").replace(
        "    outputs: [tidy]\n", f"    outputs: [tidy]\n{secret}"
    )
    write(tmp_path, {FILE: piped, "platform.yaml": BUILT_IN})

    first, again = said(run, "validate"), said(run, "validate")

    assert first == again and "MLS302" in first[0] and RANDOM not in first[0]
    assert len(compiled) == 2 and entries(cache) == b""


def test_words_that_are_masked_are_not_kept(
    run: Run, tmp_path: Path, cache: Path, compiled: list[str]
) -> None:
    """No secret by its place, so no error; but it looks like one where the command is quoted."""
    text = PROJECT.replace("run: python -m wine.clean", "run: 'curl -H token: Abc12345 | python")
    text = text.replace("${{ outputs.tidy }}", "${{ outputs.tidy }}'")
    write(tmp_path, {FILE: text, "platform.yaml": BUILT_IN})

    first, again = said(run, "validate"), said(run, "validate")

    assert first == again and "MLS302" in first[0] and "token: ********" in first[0]
    assert first[2] == 0 and len(compiled) == 2 and b"Abc12345" not in entries(cache)


@each_format
def test_another_s_secret_is_masked_in_what_is_known(
    format: str, run: Run, tmp_path: Path, compiled: list[str]
) -> None:
    piped = PROJECT.replace("--out", f"{RANDOM} | tee")
    write(tmp_path, {FILE: piped, "platform.yaml": BUILT_IN})
    assert RANDOM in run("validate", code=0).stdout
    wrong = PROJECT.replace("name: wine", "name: beer").replace(
        "outputs: [tidy]", f"outputs: [tidy]\n    env: {{DB_PASSWORD: {RANDOM}}}"
    )
    write(tmp_path, {"beer/project.yaml": wrong})
    anew = said_anew(run, "validate", "--format", format)
    compiled.clear()

    known = said(run, "validate", "--format", format)

    assert known == anew and known[2] == 1 and RANDOM not in known[0]
    assert compiled == ["beer/project.yaml"]


# Entries


def changed(cache: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Changes the one entry, which is right in all but its shape afterwards."""
    store = Store(cache)
    key = entries(cache).strip()[:64].decode()
    entry = store.get("projects", key)
    assert entry is not None
    change(entry)
    store.put("projects", key, entry)


WRONG: dict[str, Any] = {
    "an object": {"0": []},
    "an empty object": {},
    "a text": "MLS802",
    "an empty text": "",
    "nothing": None,
    "a number": 1,
    "a list of texts": ["MLS802, "],
    "a list of lists": [[]],
}
ROW = ["MLS802", "message", "label", "help", "dev", [0, 1, 1, 1, 2], [["m", [1, 1, 1, 1, 2]]]]
WRONG_PARTS: list[tuple[int, Any]] = [
    (0, "MLS999"), (0, "MLS801"), (0, "MLS007"), (0, ["MLS802"]), (0, None),
    (1, None), (1, 1), (2, ["a"]), (3, False), (4, {}),
    (5, None), (5, [9, 1, 1, 1, 2]), (5, [-1, 1, 1, 1, 2]), (5, [0, 1, 1, 1]),
    (5, [0, True, 1, 1, 2]),
    (5, [0, 1.0, 1, 1, 2]), (5, ["0", 1, 1, 1, 2]), (5, [0, 1, 1, 1, 2, 3]), (5, "01112"),
    (6, None), (6, {}), (6, ""), (6, [["m"]]), (6, [["m", [9, 1, 1, 1, 2]]]),
    (6, [[1, [0, 1, 1, 1, 2]]]), (6, ["m0"]),
]  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [
        *(pytest.param(each, id=name) for name, each in WRONG.items()),
        *([*ROW[:n], part, *ROW[n + 1 :]] for n, part in WRONG_PARTS),
        ROW[:-1],
        [*ROW, ""],
    ],
)
def test_an_entry_of_another_shape_is_none(
    told: Any, run: Run, tmp_path: Path, cache: Path, compiled: list[str]
) -> None:
    write(tmp_path, CASES["owner"])
    first = said(run, "validate")
    whole = told if told in WRONG.values() else [told]
    changed(cache, lambda entry: entry.update(diagnostics=whole))
    compiled.clear()

    assert said(run, "validate") == first
    assert compiled == [FILE]


def test_a_right_entry_is_believed(run: Run, tmp_path: Path, cache: Path) -> None:
    """So that the test above finds what it looks for."""
    write(tmp_path, CASES["owner"])
    run("validate", code=0)
    changed(cache, lambda entry: entry.update(diagnostics=[ROW]))

    out = run("validate", code=0).stdout

    assert "warning[MLS802]: message (in environment dev)" in out and "note: m: platform" in out


def test_a_warning_is_kept_once_for_all_environments(run: Run, tmp_path: Path, cache: Path) -> None:
    write(tmp_path, {FILE: UNUSED, "platform.yaml": BUILT_IN})

    run("validate", code=0)

    assert entries(cache).count(b"MLS204") == 1


def test_a_warning_that_is_gone_is_not_told(run: Run, tmp_path: Path) -> None:
    write(tmp_path, {FILE: UNUSED, "platform.yaml": BUILT_IN})
    run("validate", code=0)
    write(tmp_path, {FILE: PROJECT})

    for _ in range(2):
        assert "no problems" in run("validate", code=0).stdout


def test_a_file_that_is_gone_by_then_has_no_excerpt(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts are read once more for the excerpts."""
    from mlspec.cli.plain import validate

    write(tmp_path, {FILE: UNUSED, "platform.yaml": BUILT_IN})
    run("validate", code=0)
    real = validate.report

    def late(*given: Any) -> bool:
        (tmp_path / FILE).unlink()
        return real(*given)

    monkeypatch.setattr(validate, "report", late)

    out = run("validate", code=0).stdout

    assert "warning[MLS204]" in out and "s3://cellar/x" not in out


FILES = ("wine/project.yaml", "platform.yaml", "wine/mlspec.lock")
texts = st.text(max_size=20) | st.sampled_from(["\ud83d\ude00", "\ud800", f"token: {RANDOM}"])
numbers = st.integers(0, 10_000)
spans = st.builds(
    Span, file=st.sampled_from([*FILES, "other.yaml"]), line=numbers, column=numbers,
    end_line=numbers, end_column=numbers,
)  # fmt: skip
FIX = Fix(message="mend it", edits=(Edit(span=Span(file=FILES[0]), text=""),), is_safe=True)
any_diagnostics = st.builds(
    Diagnostic, code=st.sampled_from([*CODES, *KEPT]), message=texts, span=spans, label=texts,
    help=texts, environment=texts, fix=st.sampled_from([None, None, FIX]), is_strict=st.booleans(),
    related=st.lists(st.builds(Related, message=texts, span=spans), max_size=2).map(tuple),
)  # fmt: skip


@given(st.lists(any_diagnostics, max_size=3))
def test_what_may_be_retold_comes_back_as_it_was(found: list[Diagnostic]) -> None:
    some = [each for each in found if may_be_retold([each], FILES)]

    kept = json.loads(json.dumps(to_lists(some, FILES)))

    assert from_lists(kept, FILES) == tuple(some)
    assert may_be_retold(found, FILES) == (some == found)
    assert all(each.severity == "warning" and each.fix is None for each in some)


PLAIN = Diagnostic(code="MLS204", message="m", span=Span(file=FILES[0], line=1))


@pytest.mark.parametrize(
    "change",
    [
        {"code": "MLS008"}, {"code": "MLS801"}, {"fix": FIX}, {"is_strict": True},
        {"span": Span(file="other.yaml")},
        {"related": (Related(message="m", span=Span(file="other.yaml")),)},
        {"message": "a \ud83d\ude00"}, {"label": "\ud800"}, {"help": f"token: {RANDOM}"},
        {"related": (Related(message="AKIA" + "ABCDEFGHIJKLMNOP", span=Span(file=FILES[0])),)},
    ],
    ids=str,
)  # fmt: skip
def test_what_may_not_be_retold(change: dict[str, Any]) -> None:
    assert may_be_retold([PLAIN], FILES)

    assert not may_be_retold([PLAIN, PLAIN.replace(**change)], FILES)
