#!/usr/bin/env python3
"""Renders the same specs in many surroundings, which must not show in a single byte.

    python bin/determinism.py [--here]

Every Python that mlspec supports and that is found here, hash seed, locale, time zone, current
folder, umask, the order in which folders list their files, Python's own switches. Not every
combination: each two values of two of these meet in one run at least. Each Python gets an
environment of its own with mlspec's wheel in it; `--here` takes the running one alone, with the
mlspec that it has.

Compared are the rendered tree (paths, kinds, modes and bytes, provenance.json among them), what
was printed, and the JSON report on broken specs. Exits with 1 and names the files and runs where
anything differs.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, combinations, product
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]  # when run as a program, `tests` is not beside it

from tests.specs import PLATFORM, PROJECT, merged  # noqa: E402  # needs the path set just above

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

Run = dict[str, str]
"""The value of each axis."""

Outcome = dict[str, str]
"""What a run made: path → mode and digest; what it printed as `stdout.txt` and `report.json`."""

SUPPORTED = ("3.11", "3.12", "3.13")
DEEP = "un dossier/très/深い/İç/" + "/".join("abcdefgh")

AXES: dict[str, tuple[str, ...]] = {
    "PYTHONHASHSEED": ("0", "1", "4242", "random"),
    # Rules spelled out: names of zones would need a database that may be missing.
    "TZ": ("UTC0", "NPT-05:45", "PST8PDT,M3.2.0,M11.1.0"),
    "folder": ("repository", "/", DEEP),
    "umask": ("022", "077", "000"),
    "LISTING": ("found", "reversed", "shuffled"),
    "PYTHONUTF8": ("0", "1"),
    "PYTHONOPTIMIZE": ("", "2"),
    "PYTHONWARNINGS": ("", "error"),
}

# Found by each child at its start, through PYTHONPATH. os.walk and pathlib list by these two.
SITECUSTOMIZE = """\
import os
import random

LISTING, scandir, listdir = os.environ["LISTING"], os.scandir, os.listdir


def ordered(entries):
    if LISTING == "reversed":
        entries.reverse()
    elif LISTING == "shuffled":
        random.Random().shuffle(entries)
    return entries


class Listing:
    def __init__(self, *where):
        with scandir(*where) as found:
            self.entries = iter(ordered(list(found)))

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.entries)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self.entries = iter(())


os.scandir = Listing
os.listdir = lambda *where: ordered(listdir(*where))
"""

UNICODE = """\
metadata:
  name: unicode
  description: "İstanbul, Weißwein, 葡萄酒 🍷, e\\u0301 and é, \\u202Fnarrow, مرحبا"
"""

BROKEN = """\
metadata: {name: broken, taem: Weißbier}
transforms:
  clean: {timeuot: 5m, inputs: [tästings, taastings]}
  a: {run: "a ${{ inputs.b }} ${{ outputs.a }}", inputs: [b], outputs: [a]}
  b: {run: "b ${{ inputs.a }} ${{ outputs.b }}", inputs: [a], outputs: [b]}
serving: {api: {model: gräder}}
environments: {dev: {transfroms: {}}, prod: {image: "not an image"}, İstanbul: {}}
"""


def main(arguments: Sequence[str]) -> int:
    if arguments not in ([], ["--here"]):
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="determinism-") as folder:
        place = Path(folder)
        pythons = [sys.executable] if arguments else with_mlspec(find_pythons(), place / "pythons")
        locales = find_locales(place / "locales")
        write_specs(place / "specs")
        runs = pairwise({"python": tuple(pythons), "LC_ALL": tuple(locales), **AXES})
        outcomes = run_all(runs, place)
    for line in differences(runs, outcomes):
        print(line)
    digests = len({tuple(sorted(outcome.items())) for outcome in outcomes})
    print(
        f"{len(runs)} runs, {len(pythons)} python{'s' * (len(pythons) != 1)}, "
        f"{len(locales)} locales, {digests} digest{'s' * (digests != 1)}"
    )
    return int(digests != 1)


# ── what is rendered ─────────────────────────────────────────────────────────────────────────────


def write_specs(folder: Path) -> None:
    """`good/`, which is rendered, and `broken/`, which is reported on."""
    example = ROOT / "projects" / "example"
    for file in (
        example / "project.yaml",
        example / "mlspec.lock",
        ROOT / "projects/platform.yaml",
    ):
        write(folder / "good" / "example" / file.name, file.read_text(encoding="utf-8"))
    names = [f"e{number:02}" for number in range(12)]
    unlocked: dict[str, Any] = {"prod": {"protected": False}}  # a protected one needs a lock
    bound = json.dumps({"environments": unlocked | {name: {} for name in names}})
    patches = {
        "minimal": "metadata: {name: minimal}",
        "unicode": UNICODE,
        "many": many_environments(names),
    }
    for name, patch in patches.items():
        write(folder / "good" / name / "project.yaml", merged(PROJECT, patch))
        write(folder / "good" / name / "platform.yaml", merged(PLATFORM, bound))
    for name in ("z", "é", "a"):
        write(folder / "broken" / name / "project.yaml", merged(PROJECT, BROKEN))
        write(folder / "broken" / name / "platform.yaml", PLATFORM)


def many_environments(names: Iterable[str]) -> str:
    """A patch with environments that each differ in an image, a parameter, and what they serve."""
    overlays = {
        name: {
            "image": f"ghcr.io/acme/wine:2.0.{number}",
            "transforms": {"clean": {"env": {f"{name}_{n}".upper(): str(n) for n in range(5)}}},
            "serving": {"api": {"replicas": number}},
        }
        for number, name in enumerate(names, start=1)
    }
    return json.dumps({"metadata": {"name": "many"}, "environments": overlays})


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


# ── in which surroundings ────────────────────────────────────────────────────────────────────────


def pairwise(axes: Mapping[str, Sequence[str]]) -> list[Run]:
    """Few runs, in which every two values of different axes meet. The same ones each time."""
    missing = {
        frozenset({(one, x), (other, y)}): None  # a dict keeps its order
        for one, other in combinations(axes, 2)
        for x, y in product(axes[one], axes[other])
    }
    runs = []
    while missing:
        chosen = dict(sorted(next(iter(missing))))
        for axis in axes:
            if axis not in chosen:
                gains = {
                    value: sum(
                        frozenset({(axis, value), pair}) in missing for pair in chosen.items()
                    )
                    for value in axes[axis]
                }
                chosen[axis] = max(gains, key=lambda value: gains[value])
        for one, other in combinations(chosen.items(), 2):
            missing.pop(frozenset({one, other}), None)
        runs.append({axis: chosen[axis] for axis in axes})
    return runs


def find_pythons() -> list[str]:
    """One interpreter of each version that mlspec supports, where one works."""
    roots = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
    roots.append(
        Path(os.environ.get("UV_PYTHON_INSTALL_DIR", Path.home() / ".local/share/uv/python"))
    )
    found = []
    for version in SUPPORTED:
        name = f"python{version}"
        below = (path for root in roots for path in sorted(root.glob(f"*/bin/{name}")))
        on_path = (Path(folder) / name for folder in os.get_exec_path())
        if python := next((str(path) for path in chain(below, on_path) if works(path)), None):
            found.append(python)
    return found or [sys.executable]


def works(python: Path) -> bool:
    """Whether it can make an environment: it may be a shim for nothing, or lack its venv module."""
    try:
        command = [str(python), "-c", "import ensurepip, venv"]
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def with_mlspec(pythons: Sequence[str], folder: Path) -> list[str]:
    """An environment of each Python, with mlspec and what it needs alone. Their interpreters."""
    pip = ["-m", "pip", "--quiet", "--disable-pip-version-check"]
    check([sys.executable, *pip, "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT)])
    [wheel] = folder.glob("*.whl")

    def install(number: int) -> str:
        place = folder / str(number)
        check([pythons[number], "-m", "venv", str(place)])
        check([str(place / "bin/python"), *pip, "install", str(wheel)])
        return str(place / "bin/python")

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(install, range(len(pythons))))


def find_locales(folder: Path) -> list[str]:
    """Two that are always there, and others where they can be compiled, into the folder.

    Turkish has an upper case of i and a lower case of I of its own; Latin-1 cannot write most of
    UNICODE.
    """
    folder.mkdir(parents=True)
    found = ["C", "C.UTF-8"]
    if shutil.which("localedef"):
        for language, charset in (("tr_TR", "UTF-8"), ("de_DE", "ISO-8859-1")):
            name = f"{language}.{charset}"
            command = ["localedef", "-i", language, "-f", charset, str(folder / name)]
            if subprocess.run(command, capture_output=True).returncode == 0:
                found.append(name)
    return found


# ── running and comparing ────────────────────────────────────────────────────────────────────────


def run_all(runs: Sequence[Run], place: Path) -> list[Outcome]:
    """What each run makes of `place/specs`, as many at a time as there are processors."""
    write(place / "site" / "sitecustomize.py", SITECUSTOMIZE)

    def outcome(number: int) -> Outcome:
        return run_one(runs[number], place, place / "runs" / str(number))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(outcome, range(len(runs))))


def run_one(run: Run, place: Path, work: Path) -> Outcome:
    """Renders the good specs and reports on the broken ones, in a folder of its own."""
    folder, specs = {"repository": ROOT, "/": Path("/")}.get(run["folder"]), place / "specs"
    work.mkdir(parents=True)
    if folder is None:  # a copy, by relative paths
        folder = work / run["folder"]
        shutil.copytree(specs, folder / "specs")
        specs = Path("specs")
    output = work / "generated"
    said = mlspec(run, place, folder, "render", specs / "good", "-o", output)
    report = mlspec(run, place, folder, "validate", "--format", "json", specs / "broken", code=1)
    return {
        **contents(output),
        "stdout.txt": digest(said.replace(os.fsencode(output), b"")),
        "report.json": digest(comparable(report)),
    }


def mlspec(run: Run, place: Path, folder: Path, *arguments: str | Path, code: int = 0) -> bytes:
    """Runs a command of mlspec in these surroundings, and gives what it prints."""
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))
    }
    environment |= {axis: value for axis, value in run.items() if axis.isupper() and value}
    environment["PYTHONPATH"] = str(place / "site")
    if (place / "locales" / run["LC_ALL"]).exists():
        environment["LOCPATH"] = str(place / "locales")
    # -P: the current folder holds a checkout in some runs
    command = [run["python"], "-P", "-m", "mlspec", *map(str, arguments)]
    umask = int(run["umask"], 8)
    found = subprocess.run(command, cwd=folder, env=environment, umask=umask, capture_output=True)
    if found.returncode != code or found.stderr:
        said = (found.stderr or found.stdout).decode(errors="replace")
        raise SystemExit(f"mlspec {arguments[0]} ended with {found.returncode} in {run}:\n{said}")
    return found.stdout


def comparable(report: bytes) -> bytes:
    """A JSON report without the time it took, and without the folder that the specs lie in."""
    content = json.loads(report)
    del content["summary"]["seconds"]
    return re.sub('(?<="file": ")[^"]*specs/', "", json.dumps(content)).encode()


def contents(folder: Path) -> Outcome:
    """Each entry below the folder, and itself: its kind, its mode, and the digest of its bytes."""
    found = {}
    for path in (folder, *folder.rglob("*")):
        kind = "folder" if path.is_dir() else digest(path.read_bytes())
        mode = stat.filemode(path.lstat().st_mode)
        found[path.relative_to(folder).as_posix()] = f"{mode} {kind}"
    return found


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def differences(runs: Sequence[Run], outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A line for each path that is not the same everywhere, and the runs that are unlike most."""
    for path in sorted(set(chain(*outcomes))):
        values = Counter(outcome.get(path, "missing") for outcome in outcomes)
        usual = values.most_common(1)[0][0]
        unlike = [n for n, outcome in enumerate(outcomes) if outcome.get(path, "missing") != usual]
        if unlike:
            yield f"{path}: {len(values)} values; these runs differ from {usual}"
            yield from (f"  {outcomes[n].get(path, 'missing')} in {runs[n]}" for n in unlike)


def check(command: Sequence[str]) -> None:
    """Runs a command that must succeed."""
    found = subprocess.run(command, capture_output=True, text=True)
    if found.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {found.returncode}:\n{found.stderr}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
