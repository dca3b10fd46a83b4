"""Only a plain, small UTF-8 file becomes text; all else ends in a diagnostic."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from mlspec.diagnostics import Diagnostic
from mlspec.source.reader import MAX_BYTES, SourceError, decode, read_text


def refused(file: Path | str) -> Diagnostic:
    with pytest.raises(SourceError) as raised:
        read_text(str(file))
    found = raised.value.diagnostics[-1]
    assert str(raised.value) == found.message
    assert found.span.line == 0
    return found


def test_a_file_is_read_as_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "project.yaml"
    file.write_bytes("név: 🍷\n".encode())

    assert read_text(str(file)) == "név: 🍷\n"


def test_a_byte_order_mark_and_carriage_returns_leave_no_trace() -> None:
    assert decode(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "f") == "a: 1\nb: 2\n"


def test_a_lone_carriage_return_is_left_to_the_parser() -> None:
    assert decode(b"a: 1\rb: 2\n", "f") == "a: 1\rb: 2\n"


def test_a_missing_file(tmp_path: Path) -> None:
    found = refused(tmp_path / "project.yaml")

    assert found.code == "MLS001"
    assert found.message == f"cannot read {tmp_path}/project.yaml: no such file or directory"


def test_a_folder(tmp_path: Path) -> None:
    assert refused(tmp_path).message == f"cannot read {tmp_path}: is a directory"


def test_a_fifo_that_nobody_writes_to_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "project.yaml")

    found = refused(tmp_path / "project.yaml")

    assert found.code == "MLS001"
    assert found.message.endswith("it is not a regular file")


def test_a_device() -> None:
    assert refused("/dev/zero").message == "cannot read /dev/zero: it is not a regular file"


def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket may have 108 characters at most
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")

        assert refused("s").code == "MLS001"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    file = tmp_path / "project.yaml"
    file.write_text("a: 1")
    file.chmod(0)

    assert refused(file).message.endswith("permission denied")


def test_a_file_that_permission_is_refused_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)

    assert refused("project.yaml").message == "cannot read project.yaml: permission denied"


def test_a_loop_of_links(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")

    assert refused(tmp_path / "a").code == "MLS001"


@pytest.mark.parametrize(
    ("link", "target"),
    [
        pytest.param("project.yaml", "../../outside.yaml", id="upwards"),
        pytest.param("project.yaml", "/proc/self/environ", id="absolute"),
        pytest.param("project.yaml", "away/outside.yaml", id="by-another-link"),
        pytest.param("project.yaml", "../../repository-2/a.yaml", id="a-name-that-begins-alike"),
    ],
)
@pytest.mark.parametrize("is_repository", [True, False])
def test_a_link_out_of_the_repository(
    tmp_path: Path, link: str, target: str, is_repository: bool
) -> None:
    wine = tmp_path / "repository" / "wine"
    for folder in (wine, tmp_path / "repository-2"):
        folder.mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text("secret: 1")
    (tmp_path / "repository-2" / "a.yaml").write_text("secret: 1")
    (wine / "away").symlink_to(tmp_path)
    (wine / link).symlink_to(target)
    if is_repository:
        (tmp_path / "repository" / ".git").mkdir()

    found = refused(wine / link)

    assert found.code == "MLS001"
    assert found.message.endswith("it is a link to a place outside of the repository")
    assert found.help == "copy the file, or link to one inside"


def test_links_that_stay_inside_are_followed(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere")  # as in a worktree
    (tmp_path / "wine").mkdir()
    (tmp_path / "shared.yaml").write_text("a: 1")
    (tmp_path / "wine" / "project.yaml").symlink_to("../shared.yaml")
    (tmp_path / "beer").symlink_to("wine")

    assert read_text(str(tmp_path / "wine" / "project.yaml")) == "a: 1"
    assert read_text(str(tmp_path / "beer" / "project.yaml")) == "a: 1"


def test_a_folder_that_is_reached_by_a_link_is_a_folder_like_any(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "project.yaml").write_text("a: 1")
    (tmp_path / "home").symlink_to("real")

    assert read_text(str(tmp_path / "home" / "project.yaml")) == "a: 1"


def test_without_a_repository_a_link_stays_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "wine").mkdir()
    (tmp_path / "shared.yaml").write_text("a: 1")
    (tmp_path / "wine" / "project.yaml").symlink_to("../shared.yaml")

    assert refused(tmp_path / "wine" / "project.yaml").code == "MLS001"


def test_a_name_with_a_nul() -> None:
    found = refused("pro\0ject.yaml")

    assert found.code == "MLS001"
    assert "\0" not in found.message
    assert "\0" not in found.span.file


def test_a_file_of_the_greatest_size_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    file = tmp_path / "project.yaml"
    file.write_bytes(b"#" * MAX_BYTES)
    assert len(read_text(str(file))) == MAX_BYTES

    file.write_bytes(b"#" * (MAX_BYTES + 1))

    found = refused(file)
    assert found.code == "MLS001"
    assert found.message.endswith("it is larger than 2 MiB")


@pytest.mark.parametrize("length", [0, 1, 2, 5000, MAX_BYTES, MAX_BYTES + 1])
@pytest.mark.parametrize("told", [0, 1, 5000, MAX_BYTES])
def test_a_file_is_read_to_its_end_whatever_its_size_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int, told: int
) -> None:
    """It may grow, and files of the kernel's have none."""
    file = tmp_path / "project.yaml"
    file.write_bytes(b"a" * length)
    mode = file.stat().st_mode
    monkeypatch.setattr(os, "fstat", lambda _: SimpleNamespace(st_mode=mode, st_size=told))

    if length <= MAX_BYTES:
        assert read_text(str(file)) == "a" * length
    else:
        with pytest.raises(SourceError):
            read_text(str(file))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"a: 1\nb: \xe9\n", "found byte 0xe9 on line 2", id="latin-1"),
        pytest.param(b"a: \xc3", "found byte 0xc3 on line 1", id="cut-off"),
        pytest.param(b"a: \xed\xa0\x80", "found byte 0xed on line 1", id="surrogate"),
        pytest.param(b"a: \xc0\x80", "found byte 0xc0 on line 1", id="overlong-nul"),
        pytest.param("a: 1\n".encode("utf-16"), "found UTF-16 on line 1", id="utf-16"),
        pytest.param(b"\xfe\xff\x00a", "found UTF-16 on line 1", id="utf-16-big-endian"),
    ],
)
def test_what_is_not_utf_8_is_refused_with_its_line(data: bytes, said: str) -> None:
    with pytest.raises(SourceError) as raised:
        decode(data, "project.yaml")

    found = raised.value.diagnostics[-1]
    assert found.code == "MLS002"
    assert found.message == f"project.yaml is not UTF-8 text: {said}"
    assert found.help == "save the file as UTF-8"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        pytest.param(b"a: \xe9", (1, 4), id="first-line"),
        pytest.param("a: é\nbéé: ".encode() + b"\xff\n", (2, 6), id="after-letters-of-two-bytes"),
        pytest.param(b"\xef\xbb\xbfa\xff", (1, 2), id="after-a-byte-order-mark"),
        pytest.param(b"a\r\nb\xff", (2, 2), id="windows-line-ends"),
    ],
)
def test_the_place_of_the_first_bad_byte(data: bytes, place: tuple[int, int]) -> None:
    with pytest.raises(SourceError) as raised:
        decode(data, "project.yaml")

    span = raised.value.diagnostics[-1].span
    assert (span.line, span.column) == place
    assert (span.end_line, span.end_column) == (place[0], place[1] + 1)


def test_each_carriage_return_before_a_line_end_is_a_line_end() -> None:
    """So that lines are counted as in the bytes, where `--fix` writes."""
    assert decode(b"a\r\r\nb\r\n\r\nc\r", "f") == "a\n\nb\n\nc\r"
