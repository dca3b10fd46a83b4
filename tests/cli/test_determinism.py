"""bin/determinism.py: where, when and in what order mlspec runs does not show in what it writes.

With the running Python alone; `.ci/run` does the same with every Python that it finds.
"""

from __future__ import annotations

import sys
from itertools import combinations, product
from pathlib import Path

from bin import determinism
from bin.determinism import Outcome
from tests.cli.samples import renderer, write
from tests.specs import PLATFORM, PROJECT, merged

# One manifest for each thing that no renderer may look at.
NOSY = """\
import locale, os, sys, time
from pathlib import Path
from mlspec.manifests.manifest import Manifest

KINDS = ("ConfigMap",)
umask = os.umask(0)
os.umask(umask)
FOUND = {
    "hash-seed": hash("wine"),
    "locale": locale.setlocale(locale.LC_ALL, ""),
    "time-zone": time.tzname,
    "folder": Path.cwd().name,
    "umask": umask,
    "order-of-files": os.listdir(Path(__file__).with_name("many")),
    "order-of-entries": [entry.name for entry in os.scandir(Path(__file__).with_name("many"))],
    "utf8": sys.flags.utf8_mode,
    "optimize": (sys.flags.optimize, __debug__),
    "warnings": sys.warnoptions,
    "nothing": "",
}


def applies(plan):
    return True


def render(plan):
    for name, seen in FOUND.items():
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
        yield Manifest(body={**body, "data": {"seen": str(seen)}})
"""

# What NOSY has seen that is not the same in all runs, and what follows from it.
SEEN = {
    f"nosy/dev/nosy/configmap-{name}.yaml"
    for name in (
        "hash-seed", "locale", "time-zone", "folder", "umask", "order-of-files", "order-of-entries",
        "utf8", "optimize", "warnings",
    )
} | {"nosy/provenance.json"}  # fmt: skip

PRINTED = ("stdout.txt", "report.json")


def assert_whole(outcome: Outcome) -> None:
    """What is compared holds all projects, with their provenance, and modes that no umask gave."""
    for project in ("minimal", "unicode", "many", "wine-quality"):
        assert f"{project}/provenance.json" in outcome
    assert sum(path.startswith("many/e") and path.endswith(".yaml") for path in outcome) > 100
    modes = {entry.split()[0] for path, entry in outcome.items() if path not in PRINTED}
    assert modes == {"drwxr-xr-x", "-rw-r--r--"}


def test_nothing_around_a_run_shows_but_to_a_renderer_that_looks_there(tmp_path: Path) -> None:
    determinism.write_specs(tmp_path / "specs")
    write(
        tmp_path / "specs" / "good" / "nosy",
        {
            "project.yaml": merged(PROJECT, "{metadata: {name: nosy}, environments: {prod: null}}"),
            "platform.yaml": merged(PLATFORM, "renderers: {folders: [targets]}"),
            **renderer("nosy", NOSY),
            **{f"targets/nosy/many/{letter}": "" for letter in "abcdefgh"},
        },
    )
    python, locales = sys.executable, determinism.find_locales(tmp_path / "locales")
    runs = determinism.pairwise({"python": [python], "LC_ALL": locales, **determinism.AXES})

    outcomes = determinism.run_all(runs, tmp_path)

    assert_whole(outcomes[0])
    said = determinism.differences(runs, outcomes)
    assert {line.partition(":")[0] for line in said if not line.startswith(" ")} == SEEN


def test_each_two_values_of_different_axes_meet() -> None:
    axes = {"a": "12", "b": "123", "c": "1234", "d": "12"}

    runs = determinism.pairwise(axes)

    for one, other in combinations(axes, 2):
        assert {(run[one], run[other]) for run in runs} == {*product(axes[one], axes[other])}
    assert len(runs) < 20 < 2 * 3 * 4 * 2


def test_a_mode_counts_and_so_does_a_byte(tmp_path: Path) -> None:
    write(tmp_path, {"one/a": "x", "two/a": "x", "three/a": "y"})
    (tmp_path / "two" / "a").chmod(0o600)
    one, two, three = (determinism.contents(tmp_path / name) for name in ("one", "two", "three"))

    assert len({one["a"], two["a"], three["a"]}) == 3
    said = [*determinism.differences([{"LC_ALL": "C"}, {"LC_ALL": "x"}, {}], [one, one, two])]
    assert said == [
        f"a: 2 values; these runs differ from {one['a']}", f"  {two['a']} in {{}}",
    ]  # fmt: skip
