"""Where input comes from: chance, or what has been seen to reach new code."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.recorder import Recorder

_TOKENS = (
    b":", b": ", b"- ", b"\n", b"\n  ", b"\n    ", b"{", b"}", b"[", b"]", b",", b"'", b'"',
    b"|\n", b">-\n", b"&a ", b"*a",
    b"<<: *a", b"!!str ", b"!x ", b"? ", b"# ", b"---\n", b"...\n", b"%YAML 1.2\n", b"\t", b"\r",
    b"\r\n", b"\0", b"\x7f",
    b"\xef\xbb\xbf", b"\xff", b"\xc3", b"\xc2\x85", b"\xe2\x80\xa8", b"\xed\xa0\x80",
    b"\xf0\x9f\x8d\xb7", b"\xe2\x80\xae",
    b"null", b"~", b"true", b"yes", b".nan", b"1e999", b"0x1F", b"{{=1}}", b"${{ inputs.x }}",
    b"$(X)", b"\\ud800", b"\\",
    b"environments:", b"  dev:", b"# mlspec: ignore[MLS101] x",
    b"apiVersion: mlspec.io/v1alpha1\n", b"kind: Project\n",
    b"data: {sources: {", b"transforms:\n", b"x-a: ",
)  # fmt: skip


def run_random(recorder: Recorder, seed: int) -> int:
    """Input by chance: mutated documents for the target `bytes`, noise for the others."""
    random = Random(seed)
    make = mutated_seed if recorder.target == "bytes" else noise
    while not recorder.is_over:
        recorder.one(make(random))
    return recorder.finish()


def noise(random: Random) -> bytes:
    return random.randbytes(random.choice((8, 24, 64, 128, 400)))


def mutated_seed(random: Random) -> bytes:
    """A document with a few bytes lost, doubled, moved, changed, or brought in."""
    from tests.fuzz.targets import seeds

    data = bytearray(random.choice(seeds()))
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        at = random.randrange(len(data) + 1)
        piece = data[at : at + random.choice((1, 2, 8, 40, 200))]
        form = random.randrange(6)
        if form == 0:
            del data[at : at + len(piece)]
        elif form == 1:
            data[at:at] = piece
        elif form == 2:
            other = random.randrange(len(data) + 1)
            data[other:other] = piece
        elif form == 3 and piece:
            data[at] = random.randrange(256)
        elif form == 4:
            data = data[: max(1, at)]
        else:
            data[at:at] = random.choice(_TOKENS)
    return bytes(data)


def run_atheris(load: Callable[[], Recorder], seed: int) -> int:
    """Input that libFuzzer makes of what has reached new code. Ends the process."""
    import atheris

    with atheris.instrument_imports(include=["mlspec"]):
        recorder = load()
        _import_everything()
    folder = tempfile.mkdtemp(prefix="mlspec-fuzz-corpus-")
    for number, text in enumerate(_first_inputs(recorder.target, Random(seed))):
        (Path(folder) / str(number)).write_bytes(text)
    words = Path(folder).with_suffix(".words")  # beside the folder, in which all is input
    words.write_text("".join(f'"{_escaped(token)}"\n' for token in _TOKENS), encoding="ascii")

    def one(data: bytes) -> None:
        if recorder.is_over:
            return
        recorder.one(data)
        if recorder.is_over:
            words.unlink()
            _end(recorder.finish(), folder)

    most = 4096 if recorder.target == "bytes" else 400
    options = [
        f"-seed={seed}",
        f"-max_len={most}",
        f"-artifact_prefix={folder}/",
        # Time and memory are watched by the recorder: making a failure small may take minutes.
        "-timeout=600",
        "-report_slow_units=600",
        "-rss_limit_mb=0",
        "-verbosity=0",
    ]
    if recorder.target == "bytes":
        options.append(f"-dict={words}")
    atheris.Setup(["fuzz", *options, folder], one, internal_libfuzzer=True)
    atheris.Fuzz()
    return 1  # not reached: libFuzzer goes on until `one` ends the process


def _first_inputs(target: str, random: Random) -> list[bytes]:
    from tests.fuzz.targets import seeds

    return seeds() if target == "bytes" else [noise(random) for _ in range(200)]


def _import_everything() -> None:
    """What mlspec imports only when it is needed is needed by a valid project."""
    from tests.fuzz.bases import KINDS, Case, texts
    from tests.fuzz.properties import Broken, check

    for kind in KINDS:
        check(Case(kind, texts(kind)[0].encode()))
        with suppress(Broken):
            check(Case(kind, b"a: [1"))


def _end(code: int, folder: str) -> None:
    import shutil

    from tests.fuzz.properties import remove_folders

    shutil.rmtree(folder, ignore_errors=True)
    remove_folders()
    os._exit(code)  # libFuzzer has no other way to end after so many executions, and code 0


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)
