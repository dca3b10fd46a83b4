"""`mlspec promote` and `mlspec rollback`: commits on branches of real repositories, with versions
of a real MLflow."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.cli.shop import CANARY, PROD, PROJECT, STAGING, Shop, registered_version
from tests.gitops.repositories import Repo

pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{category}")  # MLflow's, of its own future
    for category in ("DeprecationWarning", "FutureWarning", "UserWarning")
]

TO_PROD = ("promote", "api", "--to", "prod")
BACK = ("rollback", "api", "--env", "prod")


def version_on(repo: Repo, branch: str) -> str:
    return registered_version(repo.git("show", f"{branch}:wine/mlspec.lock"))


def test_the_commit_says_all_that_a_reviewer_needs(shop: Shop) -> None:
    shop.open()
    made = shop.mlflow.version(PROD, "challenger", metrics={"f1": 0.95, "recall": 0.5})
    state = shop.repo.state()

    told = shop.run(*TO_PROD, code=0).stdout

    branch = "promote/api-prod-v2"
    assert shop.repo.state() == {**state, "branches": f"main {branch}"}
    message = shop.repo.git("log", "-1", "--format=%B", branch)
    assert message.splitlines()[0] == "Promote api in prod to version 2 of grader"
    for line in (
        "  Version: 2 (was 1)",
        f"  Run: {made.run_id} (was ",
        f"  Files: s3://mlflow/{made.run_id}/model (was ",
        "  f1         0.9   0.95  (+0.05)",
        "  recall       -    0.5",
        "Gates (on record in MLflow: passed)",
        "  pass  f1: expected no worse than champion: >= 0.9, found 0.95",
        "  generated/wine/prod/seldon/seldondeployment-api.yaml",
    ):
        assert line in message
    assert f"git push -u REMOTE {branch}" in told or f"git merge {branch}" in told
    assert shop.repo.git("log", "-1", "--format=%an", branch) == "Ana"


def test_a_promotion_is_rendered_and_touches_nothing_else(shop: Shop) -> None:
    shop.open()
    made = shop.mlflow.version(PROD, "challenger")

    shop.run(*TO_PROD, code=0)

    shop.repo.merge("promote/api-prod-v2")
    assert made.run_id in shop.served()
    assert shop.repo.git("diff", "--name-only", "HEAD^1").splitlines() == [
        "generated/wine/prod/seldon/seldondeployment-api.yaml",
        "generated/wine/provenance.json",
        "wine/mlspec.lock",
    ]
    shop.run("verify", code=0)


@pytest.mark.parametrize(
    ("words", "version"),
    [
        pytest.param(("--model-version", "2"), "2", id="by number"),
        pytest.param((), "3", id="what the pipeline registered last"),
    ],
)
def test_which_version_it_is(shop: Shop, words: tuple[str, ...], version: str) -> None:
    shop.open()
    shop.mlflow.version(PROD)
    shop.mlflow.version(PROD, "challenger")

    shop.run(*TO_PROD, *words, code=0)

    assert version_on(shop.repo, f"promote/api-prod-v{version}") == version


def test_a_canary_s_candidate_becomes_the_champion(shop: Shop) -> None:
    shop.open(PROJECT.replace("  prod: {}\n", CANARY))
    shop.mlflow.version(PROD, "challenger")
    shop.mlflow.version(PROD)  # which nobody has called anything
    shop.run("lock", "--offline", code=0)  # the candidate is still version 1

    told = shop.run(*TO_PROD, "--alias", "challenger", code=0).stdout  # as the pipeline's is now
    assert told.startswith("Promote api in prod to version 2 of grader as challenger\n")
    assert "`mlspec lock` follows MLflow for this alias" in told
    shop.repo.merge("promote/api-prod-challenger-v2")
    told = shop.run(*TO_PROD, code=0).stdout

    assert told.startswith("Promote api in prod to version 2 of grader\n")
    assert "the gates of the pipeline compare with that" in told
    assert version_on(shop.repo, "promote/api-prod-v2") == "2"

    shop.run(*BACK, "--alias", "challenger", code=0)
    assert "rollback/api-prod-challenger-v1" in shop.repo.state()["branches"]


def test_a_version_of_another_environment_keeps_its_name(shop: Shop) -> None:
    shop.open()
    shop.mlflow.version(STAGING)
    made = shop.mlflow.version(STAGING, "challenger", metrics={"f1": 0.99})

    shop.run(*TO_PROD, "--from", "staging", code=0)

    lock = shop.repo.git("show", "promote/api-prod-v2:wine/mlspec.lock")
    assert f"name: {STAGING}\n" in lock and made.run_id in lock
    shop.repo.merge("promote/api-prod-v2")
    shop.run(*BACK, code=0)
    assert STAGING not in shop.repo.git("show", "rollback/api-prod-v1:wine/mlspec.lock")


@pytest.mark.parametrize(
    ("made", "told"),
    [
        pytest.param({"gates": "failed"}, "its gates in MLflow says `failed`", id="failed"),
        pytest.param({"gates": ""}, "MLflow has no record of its gates", id="unknown"),
        pytest.param(
            {"metrics": {"f1": 0.7}}, "f1: expected >= 0.8, found 0.7", id="below what prod asks"
        ),
        pytest.param(
            {"metrics": {"f1": 0.85}}, "no worse than champion: >= 0.9, found 0.85", id="worse"
        ),
        pytest.param({"metrics": {"other": 1.0}}, "expected the metric", id="not measured"),
    ],
)
def test_gates_that_object_are_passed_over_for_a_reason_only(
    shop: Shop, made: dict[str, object], told: str
) -> None:
    shop.open()
    shop.mlflow.version(PROD, "challenger", **made)
    state = shop.repo.state()

    refused = shop.run(*TO_PROD, code=1)

    assert told in refused.stderr and "--force-gates REASON" in refused.stderr
    assert shop.repo.state() == state
    shop.run(*TO_PROD, "--force-gates", "The old one is broken", code=0)
    message = shop.repo.git("log", "-1", "--format=%B", "promote/api-prod-v2")
    assert "The gates were passed over: The old one is broken" in message


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("promote", "apo", "--to", "prod"), "no project has a service `apo`; did you mean `api`?"),
        (
            ("promote", "api", "--to", "prud"),
            "--to: no project has an environment `prud`; did you mean `prod`?",
        ),
        (
            (*TO_PROD, "--from", "stagin"),
            "--from: no project has an environment `stagin`; did you mean `staging`?",
        ),
        ((*TO_PROD, "--alias", "champ"), "does not serve `champ`"),
        ((*TO_PROD, "--force-gates", " "), "expected a reason"),
    ],
)
def test_wrong_words(shop: Shop, words: tuple[str, ...], told: str) -> None:
    shop.open()

    assert told in shop.run(*words, code=2).stderr


def test_a_version_that_is_not_there_or_there_already(shop: Shop) -> None:
    shop.open()

    missing = shop.run(*TO_PROD, "--model-version", "7", code=1).stderr
    assert f"has no version 7 of `{PROD}`" in missing
    assert "is version 1 already" in shop.run(*TO_PROD, code=1).stderr


def test_what_no_server_can_download_is_refused(shop: Shop) -> None:
    shop.open()
    shop.mlflow.version(PROD, "challenger", source="/home/ana/mlruns")

    assert "from where no server can download it" in shop.run(*TO_PROD, code=1).stderr


def test_a_rollback_gives_the_very_tree_of_before(shop: Shop) -> None:
    shop.open()
    shop.lock_file.write_text(f"# mine\n{shop.lock}\n# the end\n", encoding="utf-8")
    shop.run("render", code=0)
    shop.repo.commit("Comment")
    before = shop.repo.tree
    shop.mlflow.version(PROD, "challenger")
    shop.run(*TO_PROD, code=0)
    shop.repo.merge("promote/api-prod-v2")
    assert shop.repo.tree != before

    shop.run(*BACK, code=0)

    shop.repo.merge("rollback/api-prod-v1")
    assert shop.repo.tree == before
    message = shop.repo.git("log", "-1", "--format=%B", "rollback/api-prod-v1")
    assert message.startswith("Roll api in prod back to version 1 of grader\n")
    assert "Undone is " in message and "(Merge promote/api-prod-v2)" in message


def test_a_rollback_gives_the_bytes_of_a_lock_in_flow_style_too(shop: Shop) -> None:
    shop.open()
    champion = yaml.safe_load(shop.lock)["environments"]["prod"]["models"]["grader"]["champion"]
    fields = ", ".join(f'{key}: "{value}"' for key, value in champion.items())
    head, _, _ = shop.lock.partition("      grader:")
    shop.lock_file.write_text(f"{head}      grader: {{champion: {{{fields}}}}}\n", encoding="utf-8")
    shop.run("render", code=0)
    shop.repo.commit("In one line")
    before = shop.repo.tree
    shop.mlflow.version(PROD, "challenger")

    shop.run(*TO_PROD, code=0)
    shop.repo.merge("promote/api-prod-v2")
    shop.run(*BACK, code=0)
    shop.repo.merge("rollback/api-prod-v1")

    assert shop.repo.tree == before


def test_a_rollback_leaves_what_has_changed_since(shop: Shop) -> None:
    shop.open()
    shop.mlflow.version(PROD, "challenger")
    shop.run(*TO_PROD, code=0)
    shop.repo.merge("promote/api-prod-v2")
    other = f"sha256:{'f' * 64}"
    shop.run("lock", "--offline", "--image", f"ghcr.io/acme/wine:1.0.0={other}", code=0)
    shop.run("render", code=0)
    shop.repo.commit("Another image")

    shop.run(*BACK, code=0)

    lock = shop.repo.git("show", "rollback/api-prod-v1:wine/mlspec.lock")
    assert registered_version(lock) == "1" and other in lock


def test_a_rollback_to_a_commit(shop: Shop) -> None:
    shop.open()
    first = shop.repo.head
    for number in (2, 3):
        shop.mlflow.version(PROD, "challenger")
        shop.run(*TO_PROD, code=0)
        shop.repo.merge(f"promote/api-prod-v{number}")

    shop.run(*BACK, "--to", first, code=0)

    assert version_on(shop.repo, "rollback/api-prod-v1") == "1"
    assert "no commit of this repository" in shop.run(*BACK, "--to", "nowhere", code=1).stderr


def test_a_rollback_of_the_first_version_has_nowhere_to_go(shop: Shop) -> None:
    shop.open()

    assert "no other entry" in shop.run(*BACK, code=1).stderr


def test_rendering_asks_nobody(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    shop.open()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.invalid")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("rendering must not use the network")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    (shop.repo.root / "generated").rename(shop.repo.root / "before")
    shop.run("render", code=0)

    assert shop.repo.git("diff", "--no-index", "--stat", "before", "generated") == ""


def test_a_branch_is_pushed_only_when_that_is_asked_for(shop: Shop, tmp_path: Path) -> None:
    shop.open()
    remote = Repo(tmp_path / "remote.git")
    shop.repo.git("init", "--quiet", "--bare", str(remote.root))
    shop.repo.git("remote", "add", "origin", str(remote.root))
    shop.mlflow.version(PROD, "challenger")

    told = shop.run(*TO_PROD, code=0).stdout
    assert "git push -u origin promote/api-prod-v2" in told and remote.branches == []
    shop.run(*TO_PROD, "--push", "--branch", "again", code=0)

    assert remote.branches == ["again"]


def test_the_page_for_a_pull_request_is_named_without_the_token_of_its_address(shop: Shop) -> None:
    shop.open()
    shop.repo.git("remote", "add", "origin", "https://ana:s3cr3t-t0ken@github.com/acme/ml.git")
    shop.mlflow.version(PROD, "challenger")

    told = shop.run(*TO_PROD, code=0).stdout

    page = "https://github.com/acme/ml/compare/main...promote/api-prod-v2?expand=1"
    assert page in told and "s3cr3t" not in told


def test_a_push_that_fails_leaves_the_commit_and_says_so(shop: Shop) -> None:
    shop.open()
    shop.repo.git("remote", "add", "origin", "/nowhere/at/all.git")
    shop.mlflow.version(PROD, "challenger")

    told = shop.run(*TO_PROD, "--push", code=1).stderr

    assert "could not be pushed to origin" in told
    assert version_on(shop.repo, "promote/api-prod-v2") == "2"


def test_what_else_prod_lacks_is_told_with_the_paths_of_the_repository(shop: Shop) -> None:
    shop.open()
    shop.mlflow.version(PROD, "challenger")
    more = "  api: {model: grader}\n  other: {model: grader, alias: next}\n"
    text = shop.project_file.read_text(encoding="utf-8").replace("  api: {model: grader}\n", more)
    shop.project_file.write_text(text, encoding="utf-8")
    shop.repo.commit("Another service")
    state = shop.repo.state()

    told = shop.run(*TO_PROD, code=1).stdout

    assert "error[MLS503]" in told and "--> wine/project.yaml:" in told
    assert shop.repo.state() == state
