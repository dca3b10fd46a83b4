"""Whatever stands where a project.yaml should: diagnostics, in bounded time and memory.

Each row is a file and all that is said of it. It runs twice, in processes of their own: once for a
program (JSON), once for a person (with excerpts of the hostile text). measured.py has the bounds.
"""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.measured import MAX_CPU_SECONDS, MAX_RSS, Outcome, Server, server
from tests.cli.samples import PLATFORM, PROJECT, write

LOCK = "apiVersion: mlspec.io/v1alpha1\nkind: Lock\n"
IS_ROOT = os.geteuid() == 0
"""Root reads everything, so what nobody may read is read as nobody then."""
END = PROJECT.count("\n") + 1
"""The number of the line after the sample project's last one."""


@pytest.fixture(scope="module")
def mlspec(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    write(folder, {"right/project.yaml": PROJECT, "wrong/project.yaml": with_team("No Name")})
    with server(folder) as running:
        yield running


@pytest.fixture
def validate(mlspec: Server, tmp_path: Path) -> Callable[..., Outcome]:
    """Validates what is in tmp_path, for a program and for a person."""

    def run(*arguments: str, as_nobody: bool = False) -> Outcome:
        person = mlspec.run(tmp_path, "validate", *arguments, as_nobody=as_nobody)
        program = mlspec.run(
            tmp_path, "validate", "--format", "json", *arguments, as_nobody=as_nobody
        )
        for outcome in (person, program):
            assert "Traceback" not in outcome.stderr
            assert outcome.rss <= MAX_RSS, f"{outcome.rss // 1024 // 1024} MiB"
            assert outcome.cpu_seconds <= MAX_CPU_SECONDS, outcome.cpu_seconds
        assert person.code == program.code
        assert all(line.isprintable() for line in person.stdout.split("\n"))
        return program

    return run


def said(outcome: Outcome) -> set[str]:
    """`CODE line:column` of each diagnostic; `CODE file` where it is about the file as a whole."""
    return {
        f"{found['code']} {found['line']}:{found['column']}"
        if found.get("line")
        else f"{found['code']} file"
        for found in outcome.diagnostics
    }


def with_team(value: str) -> str:
    return PROJECT.replace("team: cellar", f"team: {value}")


def after(text: str) -> str:
    return PROJECT + text


def alone(text: str) -> str:
    """After a project without environments: those that a long file may have are few."""
    return PROJECT.partition("environments:")[0] + text


TEAM = "3:30"


def _bomb(first: str, each: str, many: int = 40) -> str:
    """Anchors a0, a1, …, each made of several of the one before it."""
    lines = [f"x-a0: &a0 {first}"]
    lines += [f"x-a{i}: &a{i} " + each.replace("*", f"*a{i - 1}") for i in range(1, many)]
    return "\n".join(lines) + "\n"


# ── what is no text ──────────────────────────────────────────────────────────────────────────────

NO_TEXT = {
    "latin-1": ("a: 1\nname: Château\n".encode("latin-1"), {"MLS002 2:9"}),
    "utf-16-little-endian": ("a: 1\n".encode("utf-16"), {"MLS002 1:1"}),
    "utf-16-big-endian": (b"\xfe\xff" + "a: 1\n".encode("utf-16-be"), {"MLS002 1:1"}),
    "utf-16-without-a-mark": ("a: 1\n".encode("utf-16-le"), {"MLS002 1:2"}),
    "binary": (bytes(range(128, 256)) * 1000, {"MLS002 1:1"}),
    "gzip": (b"\x1f\x8b\x08\x00" + bytes(100), {"MLS002 1:2"}),
    "surrogates-in-utf-8": (b"a: \xed\xa0\x80\n", {"MLS002 1:4"}),
    "nul": (after("\0").encode(), {f"MLS002 {END}:1"}),
    "escape-sequence": (with_team("a\x1b[2Jb").encode(), {"MLS002 3:31"}),
    "empty": (b"", {"MLS006 file"}),
    "only-comments": (b"# a\n\n# b\n", {"MLS006 file"}),
    "only-blank-lines": (b"\n" * 1_000_000, {"MLS006 file"}),
    "byte-order-mark": (b"\xef\xbb\xbf" + PROJECT.encode(), set()),
    "byte-order-mark-twice": (b"\xef\xbb\xbf\xef\xbb\xbf" + PROJECT.encode(), {"MLS009 1:1"}),
    "windows-line-ends": (PROJECT.replace("\n", "\r\n").encode(), set()),
    "old-mac-line-ends": (
        PROJECT.replace("kind: Project\n", "kind: Project\r").encode(), {"MLS009 2:14"},
    ),
}  # fmt: skip

# ── what YAML makes of text ──────────────────────────────────────────────────────────────────────

NO_MAPPING = {
    "list": ("- a\n- b\n", {"MLS006 1:1"}),
    "scalar": ("hello\n", {"MLS006 1:1"}),
    "null": ("~\n", {"MLS006 1:1"}),
    "two-documents": (PROJECT + "---\n" + PROJECT, {f"MLS005 {END}:1"}),
    "tab-as-indentation": (PROJECT.replace("  clean", "\tclean"), {"MLS003 9:1"}),
    "unknown-version": ("%YAML 9.9\n---\na: 1\n", {"MLS003 1:1"}),
    "directives": ("%FOO\n" * 100_000, {"MLS003 1:5"}),
}

KEYS = {
    "twice": (after("x-a: {b: 1, b: 2}\n"), {f"MLS004 {END}:13"}),
    "twice-in-other-words": (after('x-a: {b: 1, "b": 2}\n'), {f"MLS004 {END}:13"}),
    "twice-at-the-root": (after("kind: Project\n"), {f"MLS004 {END}:1"}),
    "merged-twice": (after("x-a: &a {b: 1}\nx-c: {<<: *a, <<: *a}\n"), {f"MLS004 {END + 1}:15"}),
    "twice-in-what-is-merged": (
        after("x-a: &a {b: 1, b: 2}\nx-c: {<<: *a}\n"), {f"MLS004 {END}:16"},
    ),
    "merged-and-overridden": (after("x-a: &a {b: 1}\nx-c: {<<: *a, b: 2}\n"), set()),
    "merged-from-a-list": (after("x-a: &a {b: 1}\nx-c: {<<: [*a, *a]}\n"), set()),
    "merged-text": (after("x-c: {<<: text}\n"), {f"MLS005 {END}:11"}),
    "a-mapping-as-key": (after("? {a: 1}\n: b\n"), {f"MLS005 {END}:3"}),
    "an-alias-as-key": (after("x-a: &a b\n*a : c\n"), {f"MLS005 {END + 1}:1"}),
}  # fmt: skip

ALIASES = {
    "deep-bomb": (_bomb("[x]", "[*, *]"), {"MLS005 16:14"}),
    "bomb-of-mappings": (_bomb("{a: 1}", "{a: *, b: *}"), {"MLS005 15:17"}),
    "bomb-of-merges": (_bomb("{a: 1}", "{<<: [*, *, *, *, *, *, *, *, *]}"), {"MLS005 6:32"}),
    "wide-bomb": (
        f"x-a: &a [{', '.join('x' * 1000)}]\nx-b: [{', '.join(['*a'] * 1000)}]\n",
        {"MLS005 2:399"},
    ),
    "bomb-of-long-texts": (
        f"x-a: &a {'y' * 1_000_000}\nx-b: [{', '.join(['*a'] * 100_000)}]\n", {"MLS005 2:39"},
    ),
    "alias-of-itself": (after("x-a: &a [*a]\n"), {f"MLS005 {END}:10"}),
    "merge-of-itself": (after("x-a: &a {<<: *a}\n"), {f"MLS005 {END}:14"}),
    "no-anchor": (after("x-a: *nowhere\n"), {f"MLS005 {END}:6"}),
    "as-many-anchors-as-fit": (
        "".join(f"x-{i}: &a{i} 1\n" for i in range(90_000)), {"MLS005 50000:10"},
    ),
}  # fmt: skip

SIZES = {
    "nested-in-brackets": ("a: " + "[" * 100_000, {"MLS005 1:67"}),
    "nested-in-braces": ("a: " + "{a: " * 100_000, {"MLS005 1:256"}),
    "nested-in-lines": ("".join(f"{' ' * i}a:\n" for i in range(2000)), {"MLS005 65:65"}),
    "nested-in-dashes": ("a:\n" + "- " * 100_000, {"MLS005 2:127"}),
    "long-text": ("a: " + "x" * 50_000_000, {"MLS001 file"}),
    "long-text-below-the-bound": (alone(f"x-a: {'x' * 2_000_000}\n"), set()),
    "long-key": (after(f"x-{'a' * 1000}: 1\n"), set()),
    "million-keys": ("".join(f"key{i}: 1\n" for i in range(1_000_000)), {"MLS001 file"}),
    "keys-below-the-bound": (
        f"{{{','.join(f'{i:x}' for i in range(340_000))}}}", {"MLS005 1:245633"},
    ),
    "million-commas": (f"a: [{'1,' * 1_000_000}]", {"MLS005 1:199999"}),
    "many-environments": (
        after("".join(f"  e{i}: {{}}\n" for i in range(10_000))), {"MLS106 13:1"},
    ),
    "many-steps": (
        PROJECT.replace(
            "transforms:\n",
            "transforms:\n"
            + "".join(f"  s{i}: {{run: a, inputs: [raw], outputs: [o{i}]}}\n" for i in range(2000)),
        ),
        set(),
    ),
    "million-colons": ("a:" * 1_000_000, {"MLS006 1:1"}),
    "million-escapes": (alone(f'x-a: "{chr(92)}u0041{(chr(92) + "x41") * 400_000}"\n'), set()),
}  # fmt: skip

VALUES = {
    "python-object": (with_team("!!python/object/apply:os.system [id]"), {f"MLS005 {TEAM}"}),
    "tag-of-ones-own": (with_team("!include secrets.yaml"), {f"MLS005 {TEAM}"}),
    "binary": (with_team("!!binary aGk="), {f"MLS005 {TEAM}"}),
    "set": (after("x-a: !!set {a, b}\n"), {f"MLS005 {END}:6"}),
    "infinity": (after("x-a: .inf\n"), {f"MLS005 {END}:6"}),
    "minus-infinity": (after("x-a: -.INF\n"), {f"MLS005 {END}:6"}),
    "not-a-number": (after("x-a: .nan\n"), {f"MLS005 {END}:6"}),
    "beyond-floats": (after("x-a: 1e999\n"), {f"MLS005 {END}:6"}),
    "below-floats": (after("x-a: 1e-999\n"), set()),
    "huge-number": (after(f"x-a: {'9' * 100_000}\n"), {f"MLS005 {END}:6"}),
    "huge-octal-number": (after(f"x-a: 0o{'7' * 100_000}\n"), {f"MLS005 {END}:6"}),
    "huge-retries": (after(f"pipeline: {{retries: {'9' * 100_000}}}\n"), {f"MLS005 {END}:21"}),
    "large-retries": (after(f"pipeline: {{retries: {'9' * 60}}}\n"), {f"MLS106 {END}:21"}),
    "negative-retries": (after("pipeline: {retries: -1}\n"), {f"MLS106 {END}:21"}),
    "fractional-retries": (after("pipeline: {retries: 1.0}\n"), {f"MLS103 {END}:21"}),
    "large-cpu": (
        PROJECT.replace("inputs: [raw]", f"inputs: [raw]\n    resources: {{cpu: {'9' * 60}}}"),
        {"MLS106 12:22"},
    ),
    "date": (with_team("2024-01-01"), {f"MLS105 {TEAM}"}),
    "time": (with_team("2024-01-01T10:00:00Z"), {f"MLS105 {TEAM}"}),
}  # fmt: skip

# Text in YAML 1.2 is text: `no` is a team's name, and no number either.
PLAIN = {
    word: (with_team(word), found)
    for word, found in {
        "no": set(), "on": set(), "y": set(), "off": set(), "yes": set(),
        "true": {f"MLS103 {TEAM}"}, "null": {f"MLS103 {TEAM}"}, "~": {f"MLS103 {TEAM}"},
        "0o17": {f"MLS103 {TEAM}"}, "017": {f"MLS103 {TEAM}"}, "0x1F": {f"MLS103 {TEAM}"},
        "1_000": {f"MLS105 {TEAM}"}, "1:30": {f"MLS105 {TEAM}"}, "1e3": {f"MLS103 {TEAM}"},
        "=": {f"MLS105 {TEAM}"},
    }.items()
}  # fmt: skip

# … and where true or false is wanted, nothing else will do.
TRUTHS = {
    f"cache-{word}": (
        PROJECT.replace("inputs: [raw]", f"inputs: [raw]\n    cache: {word}"), found,
    )
    for word, found in {
        "no": {"MLS103 12:12"}, "on": {"MLS103 12:12"}, "y": {"MLS103 12:12"},
        "0": {"MLS103 12:12"}, "~": {"MLS103 12:12"}, '"true"': {"MLS103 12:12"},
        "False": set(),
    }.items()
}  # fmt: skip

HIDDEN = {
    "reversed-comment": (after("# \u202e } \u2066if admin\u2069 \u2066\n"), {f"MLS009 {END}:3"}),
    "reversed-name": (with_team("cellar\u2066"), {"MLS009 3:36", f"MLS105 {TEAM}"}),
    "no-width": (with_team("cel\u200blar"), {"MLS009 3:33", f"MLS105 {TEAM}"}),
    "line-that-only-the-parser-sees": (
        after("# see below\u2028x-image: evil\n"), {f"MLS009 {END}:12"},
    ),
    "cyrillic-name": (with_team("c\u0435llar"), {f"MLS105 {TEAM}"}),
    "cyrillic-key": (PROJECT.replace("team:", "t\u0435am:"), {"MLS101 3:24"}),
    "space-that-is-none": (
        PROJECT.replace("  clean", "\u00a0 clean"), {"MLS101 9:1", "MLS103 8:12"},
    ),
    "typographic-quotes": (with_team("\u201ccellar\u201d"), {f"MLS105 {TEAM}"}),
    "joiners-in-persian": (after("# \u0645\u06cc\u200c\u062e\n"), set()),
    "joiner-in-emoji": (after("# 👩\u200d🔬\n"), set()),
}  # fmt: skip


def rows(*tables: Mapping[str, tuple[str | bytes, set[str]]]) -> list[Any]:
    return [pytest.param(*row, id=name) for table in tables for name, row in table.items()]


@pytest.mark.parametrize(
    ("content", "expected"),
    rows(NO_TEXT, NO_MAPPING, KEYS, ALIASES, SIZES, VALUES, PLAIN, TRUTHS, HIDDEN),
)
def test_a_project(
    validate: Callable[..., Outcome], tmp_path: Path, content: str | bytes, expected: set[str]
) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "project.yaml").write_bytes(data)

    outcome = validate()

    assert said(outcome) == expected
    assert outcome.code == bool(expected)


def test_a_file_that_is_wrong_on_every_line(
    validate: Callable[..., Outcome], tmp_path: Path
) -> None:
    wrong = "".join(f"  key{i}: 1\n" for i in range(45_000))
    write(tmp_path, {"project.yaml": PROJECT.replace("environments:", f"data:\n{wrong}x-a:")})

    outcome = validate()

    assert 0 < len(outcome.diagnostics) < 1000
    assert outcome.code == 1


# ── the other two files ──────────────────────────────────────────────────────────────────────────

OTHERS = {
    "utf-16": ("a: 1\n".encode("utf-16"), {"MLS002 1:1"}),
    "empty": (b"", {"MLS006 file"}),
    "tag": (b"!!python/object/apply:os.system\n", {"MLS006 1:1"}),
    "deep-bomb": (_bomb("[x]", "[*, *]").encode(), {"MLS005 16:14"}),
    "nested-in-brackets": (b"a: " + b"[" * 100_000, {"MLS005 1:67"}),
    "too-large": (b"a: " + b"x" * 50_000_000, {"MLS001 file"}),
    "nul": (b"a: 1\n\0", {"MLS002 2:1"}),
}


@pytest.mark.parametrize("name", ["platform.yaml", "mlspec.lock"])
@pytest.mark.parametrize(("content", "expected"), rows(OTHERS))
def test_a_platform_and_a_lock(
    validate: Callable[..., Outcome],
    tmp_path: Path,
    name: str,
    content: bytes,
    expected: set[str],
) -> None:
    write(tmp_path, {"project.yaml": PROJECT})
    (tmp_path / name).write_bytes(content)

    outcome = validate()

    assert said(outcome) == expected
    assert {found["file"] for found in outcome.diagnostics} == {name}
    assert outcome.code == 1


# ── what is no file, and what is somebody else's ─────────────────────────────────────────────────


def a_folder(file: Path) -> None:
    file.mkdir()


def a_fifo(file: Path) -> None:
    os.mkfifo(file)


def a_socket(file: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    os.chdir(file.parent)  # the path of a socket may have 108 characters at most
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(file.name)
    os.fchdir(here)
    os.close(here)


def a_link(target: str) -> Callable[[Path], None]:
    return lambda file: file.symlink_to(target)


def a_link_and_its_target(target: str) -> Callable[[Path], None]:
    def make(file: Path) -> None:
        place = file.parent / target
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(PROJECT, encoding="utf-8")
        file.symlink_to(target)

    return make


OUTSIDE = "it is a link to a place outside of the repository"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        pytest.param(a_folder, "is a directory", id="folder"),
        pytest.param(a_fifo, "it is not a regular file", id="fifo"),
        pytest.param(a_socket, "no such device or address", id="socket"),
        pytest.param(a_link("/dev/zero"), "it is not a regular file", id="device"),
        pytest.param(a_link("nowhere"), "no such file or directory", id="link-to-nowhere"),
        pytest.param(
            a_link("project.yaml"), "too many levels of symbolic links", id="link-to-itself"
        ),
        pytest.param(a_link("/proc/self/environ"), OUTSIDE, id="link-to-the-environment"),
        pytest.param(a_link("/etc/passwd"), OUTSIDE, id="link-out-of-the-project"),
        pytest.param(a_link_and_its_target("../away.yaml"), OUTSIDE, id="link-upwards"),
    ],
)
def test_what_is_no_file_of_the_project(
    validate: Callable[..., Outcome], tmp_path: Path, make: Callable[[Path], None], why: str
) -> None:
    (tmp_path / "wine").mkdir()
    make(tmp_path / "wine" / "project.yaml")

    outcome = validate("wine")

    [found] = outcome.diagnostics
    assert (found["code"], outcome.code) == ("MLS001", 1)
    assert found["message"] == f"cannot read wine/project.yaml: {why}"
    assert "root:" not in outcome.stdout
    assert "PATH=" not in outcome.stdout


def test_a_link_within_the_repository_is_followed(
    validate: Callable[..., Outcome], tmp_path: Path
) -> None:
    write(tmp_path, {".git/HEAD": "", "shared/wine.yaml": PROJECT, "wine/a": ""})
    (tmp_path / "wine" / "project.yaml").symlink_to("../shared/wine.yaml")

    assert validate("wine").code == 0


def test_a_link_within_the_folder_is_followed(
    validate: Callable[..., Outcome], tmp_path: Path
) -> None:
    """So are the files of a ConfigMap in a pod: links to what `..data` links to."""
    write(tmp_path, {"..2026/project.yaml": PROJECT})
    (tmp_path / "..data").symlink_to("..2026")
    (tmp_path / "project.yaml").symlink_to("..data/project.yaml")

    assert validate("project.yaml").code == 0


@pytest.fixture
def folder_for_all() -> Iterator[Path]:
    """A folder that everybody may look into, as may not everybody into tmp_path."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("name", ["project.yaml", "platform.yaml", "mlspec.lock"])
def test_a_file_that_may_not_be_read(mlspec: Server, folder_for_all: Path, name: str) -> None:
    texts = {"project.yaml": PROJECT, "platform.yaml": PLATFORM, "mlspec.lock": LOCK}
    write(folder_for_all, texts)
    (folder_for_all / name).chmod(0)

    outcome = mlspec.run(folder_for_all, "validate", "--format=json", as_nobody=IS_ROOT)

    [found] = outcome.diagnostics
    assert (found["code"], outcome.code) == ("MLS001", 1)
    assert found["message"] == f"cannot read {name}: permission denied"


@pytest.mark.parametrize("path", ["locked", "locked/project.yaml"], ids=["folder", "file"])
def test_a_folder_that_may_not_be_looked_into(
    mlspec: Server, folder_for_all: Path, path: str
) -> None:
    write(folder_for_all, {"locked/project.yaml": PROJECT})
    (folder_for_all / "locked").chmod(0)

    outcome = mlspec.run(folder_for_all, "validate", path, as_nobody=IS_ROOT)

    (folder_for_all / "locked").chmod(0o700)
    assert path in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert outcome.code == 2


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda f: (f.rename(f.with_name("x")), f.with_name("x").rename(f)), id="moved"
        ),
        pytest.param(lambda f: (f.write_text(""), f.write_text(PROJECT)), id="cut-off"),
        pytest.param(lambda f: (f.write_text("a: [" * 9), f.write_text(PROJECT)), id="rewritten"),
        pytest.param(
            lambda f: (f.unlink(), f.mkdir(), f.rmdir(), f.write_text(PROJECT)),
            id="folder-by-turns",
        ),
    ],
)
def test_a_file_that_changes_while_it_is_read(
    mlspec: Server, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    file = tmp_path / "project.yaml"
    file.write_text(PROJECT, encoding="utf-8")
    is_over = threading.Event()

    def keep_changing() -> None:
        while not is_over.is_set():
            change(file)

    thread = threading.Thread(target=keep_changing)
    thread.start()
    try:
        outcomes = [mlspec.run(tmp_path, "validate", "project.yaml") for _ in range(12)]
    finally:
        is_over.set()
        thread.join()

    for outcome in outcomes:
        assert "Traceback" not in outcome.stderr
        assert outcome.code in (0, 1, 2)
        assert (outcome.code == 0) == ("no problems" in outcome.stdout)


# ── names ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("two\nlines", id="newline"),
        pytest.param("\x1b[31mred\x1b[0m", id="escape-sequence"),
        pytest.param("\u202egnp.yaml", id="right-to-left"),
        pytest.param("\udcff\udcfe", id="bytes-that-are-no-text"),
        pytest.param("::error file=x::y", id="workflow-command"),
        pytest.param("<b>&amp;%0A", id="markup"),
        pytest.param("--format", id="option"),
        pytest.param("~", id="home"),
        pytest.param(" ", id="space"),
        pytest.param("n" * 255, id="longest"),
    ],
)
@pytest.mark.parametrize("format", ["text", "json", "sarif", "github", "gitlab"])
def test_a_folder_of_a_hostile_name(mlspec: Server, tmp_path: Path, name: str, format: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "project.yaml").write_text(with_team("No Name"), encoding="utf-8")

    outcome = mlspec.run(tmp_path, "validate", "--format", format)

    assert "MLS105" in outcome.stdout
    assert outcome.stderr == ""
    assert outcome.code == 1
    for forbidden in ("\x1b", "\u202e", "\udcff", "\n::error file=x"):
        assert forbidden not in outcome.stdout


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("n" * 256, id="beyond-the-longest-name"),
        pytest.param("n/" * 5000, id="beyond-the-longest-path"),
        pytest.param("/nowhere/project.yaml", id="absolute"),
        pytest.param("../nowhere/../project.yaml", id="upwards"),
        pytest.param("\udcff", id="bytes-that-are-no-text"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_path_that_leads_nowhere(mlspec: Server, tmp_path: Path, path: str) -> None:
    outcome = mlspec.run(tmp_path, "validate", path)

    assert "does not exist" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert outcome.code == 2


def test_a_path_may_lead_upwards(mlspec: Server, tmp_path: Path) -> None:
    """Whoever types it may read there. Only what files of the project name is bounded."""
    write(tmp_path, {"wine/project.yaml": PROJECT, "beer/a": ""})

    assert mlspec.run(tmp_path / "beer", "validate", "../wine").code == 0
    assert mlspec.run(tmp_path / "beer", "validate", str(tmp_path / "wine")).code == 0
