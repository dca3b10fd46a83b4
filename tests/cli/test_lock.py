"""`mlspec lock`: with a real MLflow on SQLite, a real Git repository, and a registry that stands in
for a real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.cli.samples import write
from tests.cli.shop import BY_HAND, DIGESTS, IMAGES, PLATFORM, PROD, PROJECT, Shop
from tests.gitops.locking.registry_stand_in import DIGEST, PASSWORD, StandIn, registry
from tests.gitops.repositories import Repo

pytestmark = [
    pytest.mark.filterwarnings(f"ignore::{category}")  # MLflow's, of its own future
    for category in ("DeprecationWarning", "FutureWarning", "UserWarning")
]

GIT_SOURCE = """\
    notes: {type: git, uri: "https://git.example.com/notes.git", path: n.csv, format: csv}
"""


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with registry() as found:
        yield found


def start(shop: Shop, project: str = PROJECT, platform: str = PLATFORM) -> None:
    write(shop.repo.root, {"wine/project.yaml": project, "platform.yaml": platform})


def locked(shop: Shop) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = yaml.safe_load(shop.lock)["environments"]
    return found


def test_images_are_looked_up_in_a_registry_that_stands_in(shop: Shop, stand_in: StandIn) -> None:
    here = {image: image.replace("ghcr.io", stand_in.host) for image in IMAGES}
    start(shop, *(text.replace("ghcr.io", stand_in.host) for text in (PROJECT, PLATFORM)))
    shop.mlflow.version(PROD, "champion")

    shop.run("lock", code=0)

    assert locked(shop)["prod"]["images"] == dict.fromkeys(here.values(), DIGEST)
    shop.run("validate", code=0)


def test_a_model_is_locked_with_all_that_is_known_of_it(shop: Shop) -> None:
    start(shop)
    made = shop.mlflow.version(PROD, "champion")

    told = shop.run("lock", *BY_HAND, code=0).stdout

    assert locked(shop)["prod"] == {
        "images": DIGESTS,
        "models": {
            "grader": {
                "champion": {
                    "version": "1",
                    "uri": f"s3://mlflow/{made.run_id}/model",
                    "run_id": made.run_id,
                    "digest": f"sha256:{made.run_id * 2}",
                }
            }
        },
    }
    assert "wine/mlspec.lock: written (prod)" in told
    assert "  prod  model grader champion  version 1" in told


def test_a_branch_of_a_source_in_git_becomes_a_commit(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = Repo.make(tmp_path / "notes.git")
    (notes.root / "n.csv").write_text("a\n1\n", encoding="utf-8")
    first = notes.commit("Notes")
    config = tmp_path / "gitconfig"
    config.write_text(
        f'[url "{tmp_path.as_uri()}/"]\n  insteadOf = https://git.example.com/\n', encoding="utf-8"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    start(shop, PROJECT.replace("training:\n", f"{GIT_SOURCE}training:\n", 1))
    shop.mlflow.version(PROD, "champion")

    shop.run("lock", *BY_HAND, code=0)

    assert locked(shop)["prod"]["data"] == {"notes": {"revision": first}}
    (notes.root / "n.csv").write_text("a\n2\n", encoding="utf-8")
    second = notes.commit("More")
    behind = shop.run("lock", "--check", *BY_HAND, code=1).stdout
    assert f"data notes  {first[:12]} → {second[:12]}" in behind
    notes.git("branch", "-m", "elsewhere")
    assert "has no branch and no tag `main`" in shop.run("lock", *BY_HAND, code=1).stderr


def test_check_writes_nothing_and_says_what_is_behind(shop: Shop) -> None:
    shop.open()
    text = shop.lock
    image, digest = IMAGES[0], f"sha256:{'e' * 64}"
    shop.run("lock", "--check", *BY_HAND, code=0)

    behind = shop.run("lock", "--check", *BY_HAND, "--image", f"{image}={digest}", code=1).stdout

    assert "wine/mlspec.lock: is behind (prod)" in behind
    assert f"image {image}  {DIGESTS[image][:19]} → {digest[:19]}" in behind
    assert shop.lock == text


def test_the_alias_of_a_promotion_stays_and_that_of_the_pipeline_follows(shop: Shop) -> None:
    canary = "{serving: {api: {rollout: {strategy: canary, candidate: challenger, weight: 5}}}}"
    shop.open(PROJECT.replace("  prod: {}", f"  prod: {canary}"))
    shop.mlflow.version(PROD, "champion", "challenger")

    told = shop.run("lock", *BY_HAND, code=0).stdout

    models = locked(shop)["prod"]["models"]["grader"]
    assert (models["champion"]["version"], models["challenger"]["version"]) == ("1", "2")
    assert "champion  stays at version 1; MLflow says 2" in told
    assert "version 1 → 2" in shop.run("lock", *BY_HAND, "--update", code=0).stdout
    assert locked(shop)["prod"]["models"]["grader"]["champion"]["version"] == "2"


def test_environments_are_those_that_are_protected_or_locked_or_named(shop: Shop) -> None:
    start(shop)
    shop.mlflow.version(PROD, "champion")
    shop.mlflow.version("wine.dev.grader", "challenger")
    shop.run("lock", *BY_HAND, code=0)
    assert set(locked(shop)) == {"prod"}
    before = shop.lock

    shop.run("lock", "--env", "dev", *BY_HAND, code=0)

    assert set(locked(shop)) == {"dev", "prod"}
    assert before.partition("  prod:")[2] == shop.lock.partition("  prod:")[2]
    assert "(dev, prod)" in shop.run("lock", *BY_HAND, code=0).stdout


def test_what_can_be_looked_up_is_written_though_something_else_cannot(shop: Shop) -> None:
    start(shop)

    told = shop.run("lock", *BY_HAND, code=1)

    assert locked(shop)["prod"] == {"images": DIGESTS}
    assert f"MLflow has no version of `{PROD}` with the alias `champion`" in told.stderr


def test_a_version_that_has_not_passed_its_gates_is_not_locked(shop: Shop) -> None:
    start(shop)
    shop.mlflow.version(PROD, "champion", gates="failed")

    told = shop.run("lock", *BY_HAND, code=1)

    assert locked(shop)["prod"] == {"images": DIGESTS}
    assert (
        f"version 1 of `{PROD}`, which is its `champion`, has not passed its gates" in told.stderr
    )
    assert "--model-version 1 --force-gates REASON" in told.stderr


def test_a_version_that_was_let_pass_its_gates_stays_locked(shop: Shop) -> None:
    shop.open()
    shop.mlflow.version(PROD, "champion", "challenger", gates="failed")
    shop.run("promote", "api", "--to", "prod", "--force-gates", "an emergency", code=0)
    shop.repo.merge("promote/api-prod-v2")

    shop.run("lock", "--check", *BY_HAND, code=0)


def test_offline_asks_nobody(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.open()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    shop.run("lock", "--check", "--offline", code=0)
    shop.project_file.write_text(
        shop.project_file.read_text().replace("wine:1.0.0", "wine:2.0.0"), encoding="utf-8"
    )

    told = shop.run("lock", "--offline", code=1).stderr

    assert "mlspec.lock does not know `ghcr.io/acme/wine:2.0.0`" in told


def test_entries_that_are_not_used_go_when_they_are_told_to(shop: Shop) -> None:
    shop.open()
    old = f"      ghcr.io/acme/wine:0.9.0: sha256:{'d' * 64}\n"
    text = shop.lock
    shop.lock_file.write_text(
        text.replace("    images:\n", f"    images:\n{old}"), encoding="utf-8"
    )
    shop.run("lock", *BY_HAND, code=0)
    assert old in shop.lock

    told = shop.run("lock", "--prune", *BY_HAND, code=0).stdout

    assert "image ghcr.io/acme/wine:0.9.0  removed: the spec does not use it" in told
    assert shop.lock == text


def test_an_mlflow_that_does_not_answer(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    start(shop)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://ana:s3cr3t-pw@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")

    told = shop.run("lock", *BY_HAND, code=1)

    assert "MLFLOW_TRACKING_URI names the MLflow to ask" in told.stderr
    assert "s3cr3t-pw" not in told.output


def test_a_registry_s_password_is_never_shown(shop: Shop, stand_in: StandIn) -> None:
    start(shop, *(text.replace("ghcr.io", stand_in.host) for text in (PROJECT, PLATFORM)))
    shop.mlflow.version(PROD, "champion")
    stand_in.private = True
    (Path(stand_in_config()) / "config.json").write_text(
        f'{{"auths": {{"{stand_in.host}": {{"username": "bob", "password": "{PASSWORD}"}}}}}}'
    )

    told = shop.run("lock", code=1)

    assert "docker login" in told.stderr and PASSWORD not in told.output


def stand_in_config() -> str:
    import os

    return os.environ["DOCKER_CONFIG"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--image", "x"), "expected REF=sha256:"),
        (("--image", f"ghcr.io/acme/wine:1.0.1={DIGEST}"), "did you mean"),
        (("--env", "prud"), "did you mean `prod`?"),
    ],
)
def test_wrong_words(shop: Shop, words: tuple[str, ...], told: str) -> None:
    start(shop)

    assert told in shop.run("lock", *words, code=2).stderr


def test_a_spec_with_another_mistake_is_told_of_first(shop: Shop) -> None:
    start(shop, PROJECT.replace("inputs: [raw]", "inputs: [row]"))

    told = shop.run("lock", *BY_HAND, code=1).stdout

    assert "MLS201" in told and "MLS403" not in told
    assert not shop.lock_file.exists()
