"""`mlspec diff`: what is compared with what, in every state that a repository can be in.

The words for changes are the matter of test_diff_words.py.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, PROJECT, RENDERER, renderer, tree, write
from tests.gitops.repositories import commit, git, repository

NEWER = PROJECT.replace("wine:1.0.0", "wine:1.0.1")
TOLD = "step `clean`: image `ghcr.io/acme/wine:1.0.0` → `ghcr.io/acme/wine:1.0.1`"
NOTHING = "no changes to the cluster"
UNSHALLOW = "git fetch --unshallow"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A repository with the project `wine` on `main`, in the folder where the command runs."""
    return repository(tmp_path, {"wine/project.yaml": PROJECT})


def diff(run: Run, place: Path, *arguments: object, code: int = 0) -> str:
    """What is said; nothing is written for it, not even Git's index."""
    before = tree(place)
    result = run("diff", *arguments, code=code)
    assert tree(place) == before
    return result.output


def change(place: Path) -> None:
    write(place, {"wine/project.yaml": NEWER})


# ── what is compared ──────────────────────────────────────────────────────────────────────────────


def test_nothing_has_changed(run: Run, place: Path) -> None:
    assert NOTHING in diff(run, place)


def test_on_the_branch_that_production_follows_what_is_not_committed(run: Run, place: Path) -> None:
    change(place)

    out = diff(run, place)

    assert TOLD in out
    assert "(HEAD (" in out
    assert "→ working tree, 1 of 1 project touched)" in out


def test_what_is_staged_counts_too(run: Run, place: Path) -> None:
    change(place)
    git(place, "add", "--all")

    assert TOLD in diff(run, place)


def test_on_another_branch_all_since_it_was_left(run: Run, place: Path) -> None:
    git(place, "switch", "--quiet", "--create", "feature")
    change(place)
    commit(place)
    git(place, "switch", "--quiet", "main")
    write(place, {"wine/project.yaml": PROJECT.replace("s3://cellar/raw.csv", "s3://cellar/b.csv")})
    commit(place)
    git(place, "switch", "--quiet", "feature")

    out = diff(run, place)

    assert TOLD in out
    assert "b.csv" not in out  # which was done to main meanwhile
    assert "(main (" in out


def test_the_branch_of_the_remote_comes_before_the_local_one(run: Run, place: Path) -> None:
    git(place, "update-ref", "refs/remotes/origin/main", "HEAD")
    change(place)
    commit(place)
    git(place, "switch", "--quiet", "--create", "feature")

    assert "(origin/main (" in diff(run, place)


def test_production_may_follow_another_branch(run: Run, place: Path) -> None:
    release = PLATFORM.replace("renderers: {folders: [targets]}\n", "").replace(
        "ml.git", "ml.git, revision: release"
    )
    platform = release.replace('"https://git.example.com/ml.git, revision: release"',
                               '"https://git.example.com/ml.git", revision: release')  # fmt: skip
    write(place, {"platform.yaml": platform})
    commit(place)
    git(place, "branch", "release")
    change(place)
    commit(place)

    out = diff(run, place)

    assert "(release (" in out
    assert TOLD in out


def test_a_base_by_name(run: Run, place: Path) -> None:
    git(place, "tag", "v1")
    change(place)
    commit(place)

    assert TOLD in diff(run, place, "v1")
    assert TOLD in diff(run, place, "HEAD~1")
    assert NOTHING in diff(run, place, "HEAD")


def test_a_head_by_name_leaves_the_working_tree_out(run: Run, place: Path) -> None:
    git(place, "tag", "v1")
    change(place)
    commit(place)
    git(place, "tag", "v2")
    write(place, {"wine/project.yaml": "nonsense"})

    out = diff(run, place, "v1", "--head", "v2")

    assert TOLD in out
    assert "→ v2 (" in out


def test_the_other_way_round(run: Run, place: Path) -> None:
    git(place, "tag", "v1")
    change(place)
    commit(place)

    out = diff(run, place, "HEAD", "--head", "v1")

    assert "`ghcr.io/acme/wine:1.0.1` → `ghcr.io/acme/wine:1.0.0`" in out


def test_a_file_that_is_not_in_git_yet_counts_unless_it_is_ignored(run: Run, place: Path) -> None:
    write(place, {
        "beer/project.yaml": PROJECT.replace("name: wine", "name: beer"),
        "old/project.yaml": PROJECT.replace("name: wine", "name: cider"),
        ".gitignore": "old/\n",
    })  # fmt: skip

    out = diff(run, place)

    assert "beer · dev (new)" in out
    assert "cider" not in out


def test_paths_choose_projects(run: Run, place: Path) -> None:
    write(place, {"beer/project.yaml": PROJECT.replace("name: wine", "name: beer")})
    change(place)

    assert "beer" not in diff(run, place, "wine")
    assert "beer" not in diff(run, place, "HEAD", "wine/project.yaml")
    assert "wine ·" not in diff(run, place, "--", "beer")


def test_one_environment(run: Run, place: Path) -> None:
    write(place, {"wine/project.yaml": NEWER.replace("wine:2.0.0", "wine:2.0.1")})

    out = diff(run, place, "--env", "staging")

    assert "wine · staging" in out
    assert "wine · dev" not in out


def test_an_environment_that_nobody_has_is_wrong_usage(run: Run, place: Path) -> None:
    change(place)

    assert "did you mean `staging`?" in diff(run, place, "--env", "stagging", code=2)
    assert "never rendered" in diff(run, place, "--env", "local", code=2)


def test_a_project_that_is_gone(run: Run, place: Path) -> None:
    shutil.rmtree(place / "wine")

    out = diff(run, place)

    assert "wine · dev (gone)" in out
    assert "services stop" in out
    assert "wine · dev (gone)" in diff(run, place, "wine/")  # a path that was one


def test_a_project_in_another_folder_is_the_same_to_the_cluster(run: Run, place: Path) -> None:
    git(place, "mv", "wine", "vino")

    assert NOTHING in diff(run, place)


def test_a_platform_touches_all_its_projects_and_no_others(run: Run, place: Path) -> None:
    platform = PLATFORM.replace("renderers: {folders: [targets]}\n", "")
    write(place, {
        "platform.yaml": platform,
        "own/platform.yaml": platform,
        "own/project.yaml": PROJECT.replace("name: wine", "name: beer"),
    })  # fmt: skip
    commit(place)
    write(place, {"platform.yaml": platform.replace("mlops.svc", "tracking.svc")})

    out = diff(run, place)

    assert "1 of 2 projects touched" in out
    assert "beer" not in out


def test_a_renderer_of_the_users_own_touches_its_projects(run: Run, place: Path) -> None:
    write(place, {"platform.yaml": PLATFORM, **renderer("maps")})
    commit(place)
    write(place, renderer("maps", renderer("maps")["targets/maps/__init__.py"].replace(
        '{"image": step.image}', '{"image": step.image, "note": "x"}')))  # fmt: skip

    out = diff(run, place)

    assert "`data.note` is set: `x`" in out


def test_a_link_to_a_project(run: Run, place: Path) -> None:
    (place / "shared").mkdir()
    shutil.move(place / "wine/project.yaml", place / "shared/wine.yaml")
    (place / "wine/project.yaml").symlink_to("../shared/wine.yaml")
    commit(place)
    write(place, {"shared/wine.yaml": NEWER})

    assert TOLD in diff(run, place)


def test_from_a_folder_below(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(place)
    monkeypatch.chdir(place / "wine")

    assert TOLD in run("diff", code=0).stdout


# ── sides that do not compile ─────────────────────────────────────────────────────────────────────


def test_a_head_that_does_not_compile_is_told_as_such(run: Run, place: Path) -> None:
    write(place, {"wine/project.yaml": PROJECT.replace("inputs: [raw]", "inputs: [rwa]")})

    out = diff(run, place, code=1)

    assert "error[MLS201]: `rwa` is not a data set" in out
    assert " --> wine/project.yaml:" in out


def test_the_diagnostics_of_a_commit_name_its_files(run: Run, place: Path) -> None:
    write(place, {"wine/project.yaml": PROJECT.replace("inputs: [raw]", "inputs: [rwa]")})
    commit(place)

    out = diff(run, place, "HEAD~1", "--head", "HEAD", code=1)

    assert " --> wine/project.yaml:" in out


def test_a_base_that_does_not_compile_is_taken_from_its_generated_tree(
    run: Run, place: Path
) -> None:
    run("render", code=0)
    write(place, {"wine/project.yaml": PROJECT.replace("transforms:", "transfroms:")})
    commit(place)
    change(place)

    out = diff(run, place)

    assert "note: wine/project.yaml at HEAD does not compile with this mlspec" in out
    assert "compared with the manifests committed there, in generated/wine" in out
    assert TOLD in out
    assert "(new)" not in out


def test_a_base_that_does_not_compile_and_was_never_rendered(run: Run, place: Path) -> None:
    write(place, {"wine/project.yaml": PROJECT.replace("transforms:", "transfroms:")})
    commit(place)
    change(place)

    out = diff(run, place)

    assert "no manifests are committed there, so that all of it is told as new" in out
    assert "wine · dev (new)" in out


def test_a_tree_that_differs_though_no_spec_does_is_pointed_at(run: Run, place: Path) -> None:
    run("render", code=0)
    commit(place)
    file = next((place / "generated/wine/dev").rglob("*.yaml"))
    file.write_text(file.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")

    out = diff(run, place)

    assert "generated/wine differs though no spec of it does" in out
    assert "run `mlspec verify`" in out


# ── states of the repository ──────────────────────────────────────────────────────────────────────


def test_no_git_at_all(run: Run, tmp_path: Path) -> None:
    write(tmp_path, {"wine/project.yaml": PROJECT})

    out = run("diff", code=2).output

    assert f"Error: {tmp_path} is not in a Git repository" in out
    assert "git init" in out


def test_a_repository_that_git_does_not_trust(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # as on a volume of somebody else

    out = run("diff", code=2).output

    assert "Git does not trust the repository" in out and "safe.directory" in out


def test_what_a_hook_of_another_repository_has_set_misleads_nobody(
    run: Run, place: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = repository(tmp_path_factory.mktemp("other"), {"notes": "mine"})
    change(place)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))

    assert TOLD in run("diff", code=0).output


def test_a_bare_repository(run: Run, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare")

    assert "without a working tree (a bare one)" in run("diff", code=2).output


def test_a_branch_without_a_commit(run: Run, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    write(tmp_path, {"wine/project.yaml": PROJECT})

    out = run("diff", code=0).stdout

    assert "nothing committed yet → working tree" in out
    assert "wine · dev (new)" in out


def test_a_detached_head(run: Run, place: Path) -> None:
    change(place)
    new = commit(place)
    git(place, "branch", "--force", "side", "HEAD~1")
    git(place, "checkout", "--quiet", new)
    git(place, "branch", "--force", "main", "HEAD~1")

    assert TOLD in diff(run, place)


def test_a_base_that_does_not_exist(run: Run, place: Path) -> None:
    git(place, "branch", "release")

    out = diff(run, place, "relase", code=2)

    assert "Error: there is no revision `relase`; did you mean `release`?" in out


def test_a_base_that_only_the_remote_has(run: Run, place: Path) -> None:
    git(place, "update-ref", "refs/remotes/origin/release", "HEAD")

    assert "did you mean `origin/release`?" in diff(run, place, "release", code=2)


def test_a_base_that_git_would_take_for_an_option(run: Run, place: Path) -> None:
    assert "there is no revision `--all`" in diff(run, place, "--head=--all", code=2)


def test_a_word_that_is_both_a_branch_and_a_folder(run: Run, place: Path) -> None:
    git(place, "branch", "wine")
    change(place)

    assert "both a revision and a path" in diff(run, place, "wine", code=2)
    assert TOLD in diff(run, place, "wine", "--")
    assert TOLD in diff(run, place, "--", "wine")


def test_a_path_without_a_project(run: Run, place: Path) -> None:
    write(place, {"docs/page.md": ""})

    assert "there is no project.yaml in or below docs" in diff(run, place, "docs", code=2)


def test_a_path_outside_of_the_repository(
    run: Run, place: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    assert "is outside of the Git repository" in diff(run, place, elsewhere, code=2)


def test_production_follows_a_branch_that_is_not_there(run: Run, place: Path) -> None:
    git(place, "switch", "--quiet", "--create", "feature")
    git(place, "branch", "--delete", "--force", "main")

    out = diff(run, place, code=2)

    assert "there is no branch `main`, which production follows" in out
    assert "mlspec diff BASE" in out


def test_branches_without_a_common_commit(run: Run, place: Path) -> None:
    git(place, "checkout", "--quiet", "--orphan", "feature")
    commit(place)

    assert "have no commit in common" in diff(run, place, code=2)


@pytest.fixture
def shallow(
    place: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A clone as a CI makes it: one commit of one branch, without main."""
    git(place, "switch", "--quiet", "--create", "feature")
    change(place)
    commit(place)
    clone = tmp_path_factory.mktemp("ci") / "clone"
    git(place, "clone", "--quiet", "--depth", "1", "--branch", "feature", f"file://{place}", clone)
    monkeypatch.chdir(clone)
    return clone


def test_a_shallow_clone_without_the_branch(run: Run, shallow: Path) -> None:
    monkey = diff(run, shallow, code=2)

    assert "there is no branch `main`" in monkey
    assert UNSHALLOW in monkey
    assert "fetch-depth: 0" in monkey


def test_a_shallow_clone_without_the_base(run: Run, place: Path, shallow: Path) -> None:
    base = git(place, "rev-parse", "main")

    out = diff(run, shallow, base, code=2)

    assert "in this shallow clone" in out
    assert UNSHALLOW in out


def test_a_shallow_clone_whose_branches_do_not_meet(run: Run, shallow: Path) -> None:
    git(shallow, "fetch", "--quiet", "--depth", "1", "origin", "main:refs/remotes/origin/main")

    out = diff(run, shallow, code=2)

    assert "have no commit in common in this shallow clone" in out
    assert UNSHALLOW in out
    assert TOLD in diff(run, shallow, "origin/main")  # two commits are enough when both are named


def test_a_worktree(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(place, "worktree", "add", "--quiet", "-b", "feature", "other")
    write(place, {"other/wine/project.yaml": NEWER})
    monkeypatch.chdir(place / "other")

    assert TOLD in run("diff", code=0).stdout


def test_submodules_are_repositories_of_their_own(
    run: Run, place: Path, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    origin = repository(
        tmp_path_factory.mktemp("origin"),
        {"project.yaml": PROJECT.replace("name: wine", "name: beer")},
    )
    git(
        place, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(origin), "sub"
    )
    commit(place)
    write(place, {"sub/project.yaml": NEWER.replace("name: wine", "name: beer")})

    out = diff(run, place)

    assert NOTHING in out
    assert "note: the submodule sub differs too: run `mlspec diff` in it" in out
    assert "sub is in the submodule sub" in diff(run, place, "HEAD", "sub", code=2)
    monkeypatch.chdir(place / "sub")
    assert TOLD in run("diff", code=0).stdout


def test_no_git_program(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [Path(sys.executable).with_name("mlspec"), "diff"], cwd=place, capture_output=True,
        text=True, env={**os.environ, "PATH": "/nowhere", "GIT_PYTHON_GIT_EXECUTABLE": "no-git"},
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stderr == "Error: git is not installed, or not on PATH; install Git\n"


# ── forms ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("return ['words']", "TypeError: it yields str, not Change"),
        ("yield Change(risk='huge', text='x')", "TypeError: there is no risk 'huge'"),
        ("yield Change(risk='changes', text=3)", "TypeError: a text is int, not str"),
        (
            "yield Change(risk='changes', text='', paths=('a',))",
            "TypeError: paths are a tuple of tuples",
        ),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("return None", "TypeError: 'NoneType' object is not iterable"),
    ],
)
def test_a_renderer_whose_words_are_no_changes_is_told_field_by_field(
    run: Run, place: Path, words: str, why: str
) -> None:
    hook = "from mlspec.manifests.change import Change\n\n\ndef explain(before, after):\n    "
    write(place, {"platform.yaml": PLATFORM, **renderer("maps", f"{RENDERER}\n\n{hook}{words}\n")})
    commit(place)
    change(place)

    out = diff(run, place)

    assert f"note: the renderer `maps` cannot explain a change: {why}" in out
    assert "ConfigMap" in out


def test_the_exit_code_tells_of_changes_only_when_asked(run: Run, place: Path) -> None:
    diff(run, place, "--exit-code", code=0)
    change(place)
    diff(run, place, code=0)
    diff(run, place, "--exit-code", code=1)


def test_colours_are_ours_alone(run: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    write(place, {"wine/project.yaml": NEWER.replace("raw.csv", "\\e[31mred\\u202e.csv", 1)})

    result = run("diff", code=0)

    assert "\x1b[1;36m  changes\x1b[0m\n" in result.stdout
    assert "\x1b[31m" not in result.stdout
    assert "\u202e" not in result.stdout
    assert "\\x1b[31mred\\u202e.csv" in result.stdout


def test_all_fields_on_request(run: Run, place: Path) -> None:
    change(place)

    out = diff(run, place, "--fields")

    field = "spec.templates[clean].container.image"
    assert f"{field}: `ghcr.io/acme/wine:1.0.0` → `ghcr.io/acme/wine:1.0.1`" in out


def test_json(run: Run, place: Path) -> None:
    change(place)

    document = json.loads(diff(run, place, "--format", "json"))

    [environment] = document["environments"]
    [found] = environment["objects"]
    assert (environment["project"], environment["environment"]) == ("wine", "dev")
    assert (found["kind"], found["group"], found["how"]) == (
        "WorkflowTemplate", "argoproj.io", "changed",
    )  # fmt: skip
    assert found["fields"] == [
        {
            "path": "spec.templates[clean].container.image",
            "before": "ghcr.io/acme/wine:1.0.0",
            "after": "ghcr.io/acme/wine:1.0.1",
        }
    ]
    assert document["head"] == {"name": "working tree", "commit": None}
    assert document["base"] == {"name": "HEAD", "commit": git(place, "rev-parse", "HEAD")}


def test_no_secret_is_told(run: Run, place: Path) -> None:
    token = "ghp_" + "a1B2" * 9
    text = f"    inputs: [raw]\n    env: {{NOTE: {token}}}\n"
    write(place, {"wine/project.yaml": PROJECT.replace("    inputs: [raw]\n", text)})
    run("render")
    commit(place)
    change(place)

    for format in ("text", "markdown", "json"):
        assert token not in diff(run, place, "--format", format, "--fields")
