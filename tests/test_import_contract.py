"""Data flows one way: no stage imports a stage to its right, and a command pays for what it uses.

CONTRIBUTING.md has a line for each. Read from the source text, so that an import inside a function
counts too.
"""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.specs import EXAMPLE, ROOT

STAGES = (
    "source", "language", "checks", "plan", "guardrails", "output", "cache", "gitops", "local",
    "graph", "cli",
)  # fmt: skip
"""In the order of the data. Each may import those before it."""

EVERYWHERE = {"mlspec.diagnostics", "mlspec.record", "mlspec.package_data", "mlspec"}
"""May be imported by all, and import none of the stages."""

RENDERERS_MAY_IMPORT = {"mlspec.plan", "mlspec.manifests", "mlspec.record", "mlspec.renderers"}
PLAN_FOR_RENDERERS = {
    "mlspec.plan.model",
    "mlspec.plan.names",
    "mlspec.plan.metrics",
    "mlspec.plan.contract",
}
"""What of the plan is the renderers': the value, the names, and what a step is promised. How it is
made is not."""

BUILT_AT_RUN_TIME_BY_PYDANTIC = {"scalars.py", "schema.py"}
"""The two modules of the language that pydantic reads; nothing that reads a spec imports them."""


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(file: Path, *, run_time_only: bool = False) -> Iterator[str]:
    """The modules that a file imports, in full; those under `if TYPE_CHECKING` too, or not."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    hidden = _for_type_checkers(tree) if run_time_only else set()
    for node in ast.walk(tree):
        if node in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, file)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _absolute(node: ast.ImportFrom, file: Path) -> str:
    """The module that is imported from, also where it is named by dots."""
    if not node.level:
        return str(node.module)
    above = file.relative_to(ROOT).parts[: -node.level]
    return ".".join([*above, node.module or ""]).rstrip(".")


def _for_type_checkers(tree: ast.Module) -> set[ast.AST]:
    blocks = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {node for block in blocks for inner in block.body for node in ast.walk(inner)}


def own_package(file: Path) -> str:
    """`renderers.NAME`: a target's package, which knows itself and no other."""
    return ".".join(file.relative_to(ROOT).parts[:2]).removesuffix(".py")


def within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def of_mlspec(file: Path, **how: bool) -> set[str]:
    return {name for name in imports(file, **how) if within(name, {"mlspec", "renderers"})}


def assert_none(found: dict[str, set[str]]) -> None:
    assert not {file: names for file, names in found.items() if names}


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_imports_a_stage_to_its_right(stage: str) -> None:
    later = {f"mlspec.{other}" for other in STAGES[STAGES.index(stage) + 1 :]}

    assert_none(
        {
            str(file.relative_to(ROOT)): {n for n in of_mlspec(file) if within(n, later)}
            for file in files(f"mlspec/{stage}")
        }
    )


@pytest.mark.parametrize("stage", ["source", "language", "checks", "plan"])
def test_the_stages_before_rendering_know_no_target(stage: str) -> None:
    targets = {"renderers", "mlspec.renderers", "mlspec.manifests"}

    assert_none(
        {
            str(file.relative_to(ROOT)): {n for n in of_mlspec(file) if within(n, targets)}
            for file in files(f"mlspec/{stage}")
        }
    )


def test_what_all_may_import_imports_no_stage() -> None:
    shared = [*files("mlspec/diagnostics"), ROOT / "mlspec/record.py"]
    stages = {f"mlspec.{stage}" for stage in STAGES} | {"mlspec.renderers", "mlspec.manifests"}

    assert_none(
        {
            str(file.relative_to(ROOT)): {n for n in of_mlspec(file) if within(n, stages)}
            for file in shared
        }
    )


def test_renderers_know_the_plan_and_nothing_before_it() -> None:
    assert_none(
        {
            str(file.relative_to(ROOT)): {
                name
                for name in of_mlspec(file)
                if not within(name, RENDERERS_MAY_IMPORT | {own_package(file)}) and name != "mlspec"
            }
            for file in files("renderers")
        }
    )


def test_renderers_do_not_look_into_how_a_plan_is_made() -> None:
    assert_none(
        {
            str(file.relative_to(ROOT)): {
                name
                for name in of_mlspec(file)
                if within(name, {"mlspec.plan"})
                and name != "mlspec.plan"
                and not within(name, PLAN_FOR_RENDERERS)
            }
            for file in files("renderers")
        }
    )


def test_the_programs_in_the_steps_know_nothing_of_the_compiler() -> None:
    assert_none(
        {
            str(file.relative_to(ROOT)): {
                name
                for name in of_mlspec(file)
                if not within(name, {"mlspec.runtime"})
                and name not in ("mlspec", "mlspec.__version__")
            }
            for file in files("mlspec/runtime")
        }
    )


def test_the_picture_knows_the_plan_alone() -> None:
    known = {"mlspec.graph", "mlspec.plan", "mlspec.record", "mlspec.diagnostics.visible"}

    assert_none(
        {
            str(file.relative_to(ROOT)): {
                name
                for name in of_mlspec(file)
                if not within(name, known) and name != "mlspec.diagnostics"
            }
            for file in files("mlspec/graph")
        }
    )


def test_the_models_of_the_language_import_no_pydantic() -> None:
    models = [
        file for file in files("mlspec/language") if file.name not in BUILT_AT_RUN_TIME_BY_PYDANTIC
    ]

    for file in models:
        names = set(imports(file, run_time_only=True))
        assert not {n for n in names if within(n, {"pydantic", "mlspec.language.scalars"})}, file


def test_the_compiler_s_stages_use_no_click() -> None:
    library = [file for stage in STAGES[:-1] for file in files(f"mlspec/{stage}")]

    for file in library:
        assert not {name for name in imports(file) if within(name, {"click"})}, file


def modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('|', *sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return set(done.stdout.rpartition("|")[2].split())


def test_validating_a_project_imports_no_pydantic_and_no_schema_library() -> None:
    found = modules_after(
        "from mlspec.source.parser import parse_file\n"
        "from mlspec.language.reader import read\n"
        "from mlspec.language.lock import LockedEnvironment\n"
        "from mlspec.checks import Context, dataflow_of, run_checks\n"
        f"tree = parse_file({str(EXAMPLE)!r})\n"
        f"platform, _, _ = read('platform', parse_file({str(ROOT / 'projects/platform.yaml')!r}))\n"
        "project, complaints, _ = read('project', tree)\n"
        "assert not complaints\n"
        "flow = dataflow_of(project)\n"
        "list(run_checks(Context(project, 'dev', platform, LockedEnvironment(), flow)))\n"
    )

    heavy = {
        "pydantic",
        "pydantic_core",
        "jsonschema",
        "jsonschema_rs",
        "jinja2",
        "click",
        "mlflow",
    }
    assert not found & heavy
    assert not {name for name in found if name.startswith(("mlspec.plan", "renderers"))}


def _has_cli() -> bool:
    return (
        importlib.util.find_spec("mlspec.cli") is not None
        and (ROOT / "mlspec/cli/__init__.py").is_file()
    )


@pytest.mark.skipif(not _has_cli(), reason="the command line is not written yet")
def test_the_version_is_told_without_pydantic_and_click() -> None:
    found = modules_after(
        "import sys\n"
        "sys.argv = ['mlspec', '--version']\n"
        "from mlspec.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
    )

    assert "mlspec.cli" in found
    assert not found & {"pydantic", "click", "yaml", "jinja2"}


def modules_of(*words: str) -> set[str]:
    """The modules that a command loads, which must end well."""
    return modules_after(
        "import sys\n"
        f"sys.argv = {['mlspec', *words]!r}\n"
        "from mlspec.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
    )


def test_a_clean_project_pays_for_no_mistake() -> None:
    found = modules_of("validate", "--strict", "--no-cache", str(EXAMPLE))

    assert "mlspec.cli.silencing" in found
    assert not found & {
        "difflib",
        "tempfile",
        "unicodedata",
        "mlspec.cli.fixing",
        "mlspec.diagnostics.excerpt",
        "mlspec.diagnostics.policy",
        "mlspec.source.anchors",
        "mlspec.source.edits",
        "mlspec.source.ignores",
        "mlspec.source.repair",
        "mlspec.source.syntax_errors",
    }


@pytest.mark.parametrize("verb", ["validate", "render", "verify"])
def test_a_plain_project_needs_no_parser_of_all_yaml(verb: str, tmp_path: Path) -> None:
    output = [] if verb == "validate" else ["-o", str(tmp_path)]
    if verb == "verify":
        modules_of("render", *output, str(EXAMPLE))

    found = modules_of(verb, "--no-cache", *output, str(EXAMPLE))

    assert "mlspec.source.core" in found
    assert not found & {"yaml", "mlspec.source.libyaml"}


@pytest.mark.parametrize("verb", ["validate", "render", "verify"])
def test_what_is_known_and_in_its_place_pays_for_no_compiler(verb: str, tmp_path: Path) -> None:
    output = [] if verb == "validate" else ["-o", str(tmp_path)]
    modules_of("render", str(EXAMPLE), "-o", str(tmp_path))

    found = modules_of(verb, *output, str(EXAMPLE))

    compiler = {"mlspec.language", "mlspec.checks", "mlspec.plan", "mlspec.manifests"}
    assert not {name for name in found if within(name, compiler)}
    assert not found & {"yaml", "jsonschema_rs", "multiprocessing", "mlspec.cli.compilation"}


def test_warnings_that_are_known_pay_for_no_compiler(tmp_path: Path) -> None:
    mistake = (ROOT / "tests/mistakes/shell-pipe.yaml").read_text(encoding="utf-8")
    project = tmp_path / "project.yaml"
    project.write_text(mistake.partition("\n")[2], encoding="utf-8")
    modules_of("validate", str(project))

    found = modules_of("validate", str(project))

    assert "mlspec.cli.retold" in found
    compiler = {"mlspec.checks", "mlspec.plan", "mlspec.manifests", "mlspec.cli.compilation"}
    assert not {name for name in found if within(name, compiler)}
    languages = {name for name in found if within(name, {"mlspec.language", "yaml"})}
    assert languages == {"mlspec.language", "mlspec.language.secrets"}


def of_us(found: set[str]) -> set[str]:
    return {name for name in found if within(name, {"mlspec"})} - {"mlspec.__main__"}


def of_others(found: set[str]) -> set[str]:
    """What is neither ours nor Python's, nor an environment's own start."""
    tops = {name.partition(".")[0] for name in found} - sys.stdlib_module_names
    return tops - {"mlspec", "__main__", "_distutils_hack", "sitecustomize", "usercustomize"}


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_the_modules_of_help_and_version(flag: str) -> None:
    found = modules_of(flag)

    assert of_us(found) <= {"mlspec", "mlspec.cli", "mlspec.cli.help"}
    assert of_others(found) == set()


def test_the_modules_of_a_validation_that_finds_all_known() -> None:
    modules_of("validate", str(EXAMPLE))

    found = modules_of("validate", str(EXAMPLE))

    cli = (
        "building", "clean", "discovery", "plain", "plain.validate", "progress", "reporting",
        "running", "terminal", "timings", "workers",
    )  # fmt: skip
    assert of_us(found) == {
        "mlspec", "mlspec.cache", "mlspec.cache.key", "mlspec.cache.store", "mlspec.cli",
        *(f"mlspec.cli.{name}" for name in cli), "mlspec.diagnostics",
        "mlspec.diagnostics.diagnostic", "mlspec.diagnostics.report", "mlspec.diagnostics.text",
        "mlspec.diagnostics.visible", "mlspec.record", "mlspec.source", "mlspec.source.reader",
    }  # fmt: skip
    assert of_others(found) == set()


def test_the_modules_of_a_validation_that_knows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLSPEC_CACHE_DIR", str(tmp_path))

    found = modules_of("validate", str(EXAMPLE))

    allowed = {f"mlspec.{stage}" for stage in ("source", "language", "checks", "cache", "cli")}
    allowed |= {"mlspec.diagnostics", "mlspec.record", "mlspec.package_data"}
    assert {name for name in of_us(found) if not within(name, allowed)} == {"mlspec"}
    assert {name.partition("_")[0] for name in of_others(found)} <= {"yaml", "", "cython"}
