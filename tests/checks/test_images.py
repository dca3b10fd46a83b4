"""Every program has an image, it is pinned, and where the environment is protected it is locked."""

from __future__ import annotations

import pytest

from mlspec.checks.images import check_images, reference, tag_of
from mlspec.language.image import Image
from tests.specs import PROJECT, diagnosed, found_at, merged, problem, problems

DIGEST = "sha256:" + "a" * 64
LOCKED = (
    f"images: {{'ghcr.io/acme/wine:1.4.0': '{DIGEST}', 'ghcr.io/mlspec/runtime:0.1.0': '{DIGEST}'}}"
)


@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("", id="minimal"),
        pytest.param(f"image: a/b@{DIGEST}", id="digest"),
        pytest.param("image: {repository: a/b, tag: '1'}", id="long-form"),
        pytest.param(f"image: {{repository: a/b, tag: latest, digest: '{DIGEST}'}}", id="comment"),
        pytest.param(
            "{image: null, transforms: {clean: {image: a:1}}, training: {grader: {image: b:1}}}",
            id="an-image-a-step-and-the-evaluation-takes-its-training-s",
        ),
    ],
)
def test_images_that_are_pinned(patch: str) -> None:
    assert problems(check_images, patch) == []


@pytest.mark.parametrize(
    ("image", "said"),
    [
        ("a/b", "it has no tag, which means `latest`"),
        ("localhost:5000/a", "it has no tag, which means `latest`"),
        ("a/b:latest", "the tag `latest` moves"),
        ("a/b:main", "the tag `main` moves"),
        ("{repository: a/b}", "it has no tag, which means `latest`"),
    ],
)
def test_an_image_that_moves(image: str, said: str) -> None:
    patch = f"image: {image}"

    found = diagnosed(check_images, patch)

    assert (found.code, found.message) == ("MLS402", f"the image is not pinned: {said}")
    assert found_at(found, merged(PROJECT, patch)) in (image, "image")


def test_an_image_of_a_step_that_moves() -> None:
    found = problem(check_images, "training: {grader: {evaluate: {image: 'a:latest'}}}")

    assert (found.code, found.path) == ("MLS402", ("training", "grader", "evaluate", "image"))


def test_no_image_at_all_is_said_once() -> None:
    found = problem(check_images, "image: null")

    assert (found.code, found.message) == ("MLS102", "there is no image for `clean` to run in")
    assert found.help == "add `image:` at the top of the document"


def test_an_ingest_of_your_own_runs_in_the_project_s_image() -> None:
    patch = """
image: null
data: {sources: {tastings: {run: python fetch.py}}}
transforms: {clean: {image: 'a:1'}}
training: {grader: {image: 'a:1'}}
"""

    found = problem(check_images, patch)

    assert (found.code, found.path) == ("MLS102", ("data", "sources", "tastings"))


def test_a_project_that_runs_nothing_needs_no_image() -> None:
    assert problems(check_images, "{image: null, transforms: null, training: null}") == []


def test_protected_environments_run_locked_images_only() -> None:
    user, runtime = problems(check_images, environment="prod")

    assert (user.code, user.path) == ("MLS403", ("image",))
    assert "mlspec.lock has no digest for `ghcr.io/acme/wine:1.4.0`" in user.message
    assert user.help == "run `mlspec lock --env prod`"
    assert (runtime.code, runtime.path) == ("MLS403", ("environments", "prod"))
    assert "`ghcr.io/mlspec/runtime:0.1.0`" in runtime.message


def test_locked_images_are_fine_where_it_is_protected() -> None:
    assert problems(check_images, environment="prod", lock=LOCKED) == []


def test_an_image_by_digest_needs_no_lock() -> None:
    found = problem(check_images, f"image: a/b@{DIGEST}", environment="prod")

    assert found.path == ("environments", "prod")


def test_an_image_that_moves_is_not_also_unlocked() -> None:
    assert (
        problem(check_images, "image: a:latest", environment="prod", lock=LOCKED).code == "MLS402"
    )


@pytest.mark.parametrize(
    ("image", "text"),
    [
        ("a/b:1", "a/b:1"),
        (Image(repository="a/b"), "a/b"),
        (Image(repository="a/b", tag="1"), "a/b:1"),
        (Image(repository="a/b", tag="1", digest=DIGEST), f"a/b:1@{DIGEST}"),
    ],
)
def test_an_image_is_one_text(image: str | Image, text: str) -> None:
    assert reference(image) == text


@pytest.mark.parametrize(
    ("image", "tag"), [("a", ""), ("a:1", "1"), ("h:5000/a", ""), ("h:5000/a:1.4", "1.4")]
)
def test_the_tag_of_an_image(image: str, tag: str) -> None:
    assert tag_of(image) == tag
