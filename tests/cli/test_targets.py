"""Targets beyond the built-in ones: found when a platform names them, checked, never trusted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import mlspec.renderers
from tests.cli.conftest import Run
from tests.cli.samples import PLATFORM, PROJECT, RENDERER, renderer, write

BODY = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}'


def target(render: str, kinds: str = '("ConfigMap",)') -> str:
    """A renderer with this body of `render`."""
    return (
        "from mlspec.manifests.manifest import Manifest\n"
        f"KINDS = {kinds}\n"
        "def applies(plan): return True\n"
        f"def render(plan):\n    {render}\n"
    )


def test_built_in_targets_are_found_by_listing_their_folder(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mlspec.renderers, "__path__", [str(place / "built_in")])
    write(place, renderer("listed", folder="built_in"))

    run("render", "--env", "dev", code=0)

    assert (place / "generated/wine/dev/listed/configmap-clean.yaml").is_file()


def test_a_folder_of_renderers_is_loaded_only_when_named(run: Run, rendering: Path) -> None:
    write(rendering, renderer("bomb", "raise SystemError('loaded')", folder="others"))

    run("render", code=0)
    write(rendering, {"platform.yaml": PLATFORM.replace("[targets]", "[targets, others]")})
    result = run("render", code=1)

    assert "error[MLS606]: the renderer `bomb` cannot be imported: SystemError('loaded')" in (
        result.stdout
    )
    assert " --> platform.yaml" in result.stdout


def test_validate_loads_no_renderer(run: Run, rendering: Path) -> None:
    write(rendering, renderer("bomb", "raise SystemError('loaded')"))

    run("validate", code=0)


def test_installed_renderers_are_loaded_only_when_named(
    run: Run, rendering: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = rendering / "site"
    write(
        site,
        {
            "vault_target/__init__.py": RENDERER,
            "vault_target/schemas/core/configmap_v1.json": "{}",
            "vault-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: vault\nVersion: 1.0\n",
            "vault-1.0.dist-info/entry_points.txt": "[mlspec.renderers]\nvault = vault_target\n",
        },
    )
    monkeypatch.syspath_prepend(str(site))

    run("render", code=0)
    assert "vault_target" not in sys.modules

    named = PLATFORM.replace("[targets]", "[targets], packages: [vault]")
    write(rendering, {"platform.yaml": named})
    run("render", code=0)
    assert (rendering / "generated/wine/dev/vault/configmap-clean.yaml").is_file()
    monkeypatch.delitem(sys.modules, "vault_target")


@pytest.mark.parametrize(
    ("renderers", "said"),
    [
        pytest.param("folders: [gone]", "the folder of renderers gone does not", id="no-folder"),
        pytest.param("packages: [gone]", "no installed package offers a", id="no-package"),
        pytest.param(
            "folders: [targets, twins]", "there are two renderers called `maps`", id="two-of-a-name"
        ),
    ],
)
def test_a_renderer_that_cannot_be_found(
    run: Run, rendering: Path, renderers: str, said: str
) -> None:
    write(rendering, renderer("maps", folder="twins"))
    write(rendering, {"platform.yaml": PLATFORM.replace("folders: [targets]", renderers)})

    result = run("render", code=1)

    assert "error[MLS606]: " in result.stdout
    assert said in result.stdout
    assert " --> platform.yaml" in result.stdout
    assert not (rendering / "generated").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("def (", "cannot be imported: SyntaxError", id="syntax"),
        pytest.param("import no_such_module_at_all", "cannot be imported", id="import"),
        pytest.param("KINDS = ()", "lacks part of the contract", id="contract"),
        pytest.param(
            target("raise KeyError('tidy')"),
            "the renderer `maps` fails in `render` for `dev`: KeyError: 'tidy' (maps/__init__.py:5",
            id="render",
        ),
        pytest.param(target("return None"), "fails in `render` for `dev`", id="nothing"),
        pytest.param(
            target(f"return [{BODY}]"), "expected a Manifest, found dict", id="not-a-manifest"
        ),
        pytest.param(
            target("return []") + "def applies(plan): return plan.colour",
            "fails in `applies`",
            id="applies",
        ),
        pytest.param(
            target(f"yield Manifest(body={BODY})") + "def decorate(plan, manifest): return None",
            "fails in `decorate`",
            id="decorate",
        ),
    ],
)
def test_a_broken_renderer_ends_in_a_diagnostic(
    run: Run, rendering: Path, text: str, said: str
) -> None:
    write(rendering, renderer("maps", text))

    result = run("render", code=1)

    assert "error[MLS606]: " in result.stdout
    assert said in " ".join(result.stdout.split())
    assert not (rendering / "generated").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            target(f"yield Manifest(body={BODY})", kinds='("Secret",)'),
            "the renderer does not declare the kind ConfigMap", id="undeclared-kind",
        ),
        pytest.param(
            target(f"yield Manifest(body={BODY[:-1]}, 'data': {{'a': 1}}}})"),
            "$.data.a: ", id="refused-by-its-schema",
        ),
        pytest.param(
            target(f"yield Manifest(body={BODY.replace('v1', 'acme.io/v9')})"),
            "no schema for acme.io/ConfigMap (v9)", id="no-schema",
        ),
        pytest.param(
            target(f"yield from [Manifest(body={BODY})] * 2"),
            "two manifests have this name", id="two-of-a-name",
        ),
    ],
)  # fmt: skip
def test_an_invalid_manifest_is_the_renderers_mistake(
    run: Run, rendering: Path, text: str, said: str
) -> None:
    write(rendering, renderer("maps", text))

    result = run("render", code=1)

    assert "error[MLS605]: the renderer `maps` made an invalid dev/maps/configmap-a.yaml" in (
        result.stdout
    )
    assert said in " ".join(result.stdout.split())
    assert "this is a mistake in the renderer, not in the spec" in result.stdout
    assert not (rendering / "generated").exists()


def test_a_renderer_that_describes_what_the_others_emit(run: Run, rendering: Path) -> None:
    last = RENDERER.replace("def render(plan):", "def render_last(plan, manifests, kinds):")
    last = last.replace("plan.pipeline.steps", "manifests").replace("step.image", '"seen"')
    decorate = (
        "\n\ndef decorate(plan, manifest):\n"
        '    return Manifest(body={**manifest.body, "data": {"by": "last"}})\n'
    )
    write(rendering, renderer("last", last + decorate))

    run("render", code=0)

    folder = rendering / "generated/wine/dev"
    assert "by: last" in (folder / "maps/configmap-clean.yaml").read_text()
    assert "image: seen" in (folder / "last/configmap-clean.yaml").read_text()


def test_a_renderer_that_describes_the_others_knows_what_they_may_emit_of_another_plan(
    run: Run, rendering: Path
) -> None:
    own = 'KINDS = ("ConfigMap",)'
    rare = RENDERER.replace("return True", "return False").replace(own, 'KINDS = ("Rare.x",)')
    last = RENDERER.replace("def render(plan):", "def render_last(plan, manifests, kinds):")
    last = last.replace("plan.pipeline.steps", "manifests").replace("step.image", '" ".join(kinds)')
    last = last.replace(own, 'KINDS = ("ConfigMap", "Own")')
    write(rendering, renderer("rare", rare) | renderer("last", last))

    run("render", code=0)

    told = (rendering / "generated/wine/dev/last/configmap-clean.yaml").read_text()
    assert "image: ConfigMap Rare.x\n" in told


def test_a_renderer_that_does_not_apply_makes_nothing(run: Run, rendering: Path) -> None:
    write(rendering, renderer("maps", RENDERER.replace("return True", 'return plan.team == "x"')))

    assert "0 manifests" in run("render", code=0).stdout


def test_two_platforms_of_one_run_may_have_renderers_of_one_name(run: Run, rendering: Path) -> None:
    importing = "from .image import image\n" + RENDERER.replace("step.image", "image()")
    for folder, said in (("wine", "red"), ("beer", "pale")):
        project = PROJECT.replace("name: wine", f"name: {folder}")
        write(rendering / folder, {"project.yaml": project, "platform.yaml": PLATFORM})
        write(rendering / folder, renderer("maps", importing))
        write(rendering / folder, {"targets/maps/image.py": f"def image():\n    return {said!r}\n"})

    run("render", code=0)

    for folder, said in (("wine", "red"), ("beer", "pale")):
        file = rendering / f"generated/{folder}/dev/maps/configmap-clean.yaml"
        assert f"image: {said}" in file.read_text()
