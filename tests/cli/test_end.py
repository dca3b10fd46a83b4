"""The end of a process that compiled something: at once, and yet nothing that it said is lost."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mlspec.cli.plain import VERBS
from tests.cli.processes import ENVIRON, MLSPEC, mlspec, python


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_is_taken_apart(verb: str, place: Path) -> None:
    """What waits for its own end, in Python, is not called: only atexit's functions are."""
    script = (
        "import atexit, sys\n"
        "class Thing:\n    def __del__(self): print('taken apart')\n"
        "thing = Thing()\n"
        "atexit.register(print, 'registered')\n"
        f"sys.argv = ['mlspec', {verb!r}]\n"
        "from mlspec.cli import script\n"
        "script()\n"
    )
    done = python(place, script)

    assert done.stdout.endswith("registered\n"), done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["validate"], 0),
        (["validate", "--quiet"], 0),
        (["validate", "{broken}"], 1),
        (["validate", "no/such/place"], 2),
        (["render", "--no-such-option"], 2),
        (["verify"], 1),
        (["explain", "MLS999"], 2),
    ],
)
def test_exit_codes(
    words: list[str], code: int, place: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    broken = tmp_path_factory.mktemp("elsewhere") / "project.yaml"
    broken.write_text("kind: 1\n")

    done = mlspec(place, *(word.format(broken=broken) for word in words))

    assert done.returncode == code, done.stderr


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_what_nobody_can_keep_is_told(verb: str, place: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*MLSPEC, verb], cwd=place, env=ENVIRON, stdout=full, stderr=subprocess.PIPE, text=True
        )

    assert (done.returncode, done.stderr) == (1, "mlspec: No space left on device\n")


@pytest.mark.parametrize("verb", VERBS)
def test_without_a_standard_output(verb: str, place: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *MLSPEC, verb],
        cwd=place,
        env=ENVIRON,
        capture_output=True,
        text=True,
    )

    assert done.returncode == (verb == "verify") and "Traceback" not in done.stderr
