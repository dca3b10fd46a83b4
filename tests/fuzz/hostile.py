"""Values that break programs: other languages' syntax, look-alikes, extremes."""

from __future__ import annotations

from typing import Any


class Raw(str):
    """Text that stands in the YAML as it is, unquoted."""


STRINGS = (
    "",
    "{{workflow.name}}", "{{=1}}", "{{=sprig.env('HOME')}}", "{{inputs.parameters.x}}", "{{", "}}",
    "$(X)", "$$(X)", "$(", "${X}", "`id`", "; rm -rf /", "a | b", "a && b", ">out", "$HOME", "~",
    "*",
    "${{ inputs.x }}", "${{ outputs.tidy }}", "${{ params.trees }}", "${{ metrics }}", "${{",
    "${{ }}",
    "${{ inputs.tastings }}${{ outputs.model }}", "{{ $labels.pod }}", "{{ template `x` }}",
    "%{x}", "%s%n",
    "a\nb", "a\r\nb", "\n", " ", "\t", " a", "a ", "a\x00b", "\x1b[31mred\x1b[0m", "\x7f", "\x85",
    "\u2028",
    "\u202eevil", "a\u200bb", "\ufeffa", "pro\u0458ect", "\u0441hurn", "Ⅳ", "ﬁ", "é", "e\u0301",
    "日本語",
    "\U0001f377", "\U0001f468\u200d\U0001f469", "\ud7ff", "\uffff", "İ", "ß", "\u0660",
    "x" * 64, "x" * 254, "a-" * 40, "x" * 5000, "é" * 3000, "{" * 500, "${{" * 200, "\n" * 300,
    "/" * 300,
    "..", "../..", "/etc/passwd", "a/../../b", "./a", "C:\\x", "\\\\host\\x", "file:///etc/passwd",
    "'", '"', "'a", '"a', "\\", "a\\", '\\"', "a'b\"c", "''", "# a", "a # b", "a: b", "- a", "&a",
    "*a", "!a",
    "yes", "no", "on", "off", "Y", "n", "true", "null", "~", "1:30", "0o17", "010", "0x1F",
    "1_000", "1e3",
    ".nan", ".inf", "-.INF", "2026-01-02", "2026-01-02T03:04:05Z", "1.10", "=", "<<", "NaN", "-0",
    "s3://", "s3://a/../b", "s3://a/b?c#d", "https://", "https://u:p@h/", "http://[::1]:80/x",
    "http://a:99999/",
    "AKIAABCDEFGHIJKLMNOP", "hunter2hunter2", "sha256:" + "0" * 64, "a:latest", "a@sha256:b", "A",
    "-a", "a-",
    "a..b", "a.b", "1a", "a_b", "user:", "group:a b", "99.5%", "0%", "100%", "p95", "p100", "0s",
    "1s", "999999999h",
    "* * * * *", "0 0 30 2 *", "*/0 * * * *", "@daily", "60 25 * * *", "0 3 * * *", "Europe/Paris",
    "Mars/Olympus",
    "champion", "challenger", "local", "prod", "dev", "default", "main", "metrics", "model",
    "mlspec.io/v1alpha1",
    "x-a", "__class__", "__proto__", "constructor", "self", "class", "None", "0", "-1", "1.5",
)  # fmt: skip

RAWS = (
    ".nan", ".inf", "-.inf", "1e999", "9" * 40, "9" * 70, "-0", "0x" + "f" * 30, "0o777", "1e-400",
    "!!python/object:os.system x",
    "!x a", "!!str 1", "!!int 'a'", "!!binary aGk=", "!!set {a, b}", "*nowhere", "&a", "&a [*a]",
    "&b {c: *b}", "[", "{", "]", "}",
    "[a, [b, {c: d}]", "? a", "? [a]\n: b", "- a", "a: b: c", "|", ">-", "| x", "%TAG", "@x", "`x",
    "'", '"', '"\\ud800"', '"\\x00"',
    '"\\q"', "'a''b'", "a #b", "#", "--- a", "...", "\t a", "2026-01-02", "{<<: {a: b}}",
    "{<<: [{a: b}, {a: c}]}", "{<<: 1}",
    "[&x {a: 1}, *x, *x]", "{a: 1, a: 2}", "{1: 2}", "{null: a}", "{true: a}", "{[a]: b}",
    "{'': ''}", "[" * 70 + "]" * 70,
    "# mlspec: ignore[MLS101] because", "a # mlspec: ignore[MLS101, MLS103]", "# mlspec: ignore",
    "# mlspec: ignore[] x", "# mlspec:ignore[MLS9999] \u202e",
)  # fmt: skip

NUMBERS = (
    0, 1, -1, 2, 3, 7, 42, 50, 100, 101, 1000, 10_001, 65_536, 2**31, 2**32, 2**53 + 1, 2**63,
    2**64, -(2**63) - 1, 10**40,
    0.0, 0.1, 0.5, 1.0, -0.5, 1e-9, 1e21, 1e300, 5e-324, 99.5, 3.0,
)  # fmt: skip

NAMES = (
    "a", "data", "main", "report", "default", "digest", "timestamp", "model", "metrics", "tmp",
    "outputs", "wait", "init",
    "pipeline", "executor", "artifact-gc", "wine-quality", "wine-quality-pipeline",
    "ingest-tastings", "check-tidy", "null",
    "true", "on", "x-y", "a" * 63, "b" * 40, f"{'c' * 31}-{'d' * 31}", "champion", "challenger",
    "wine-api", "e" * 58, "live", "staging", "prod",
)  # fmt: skip
"""Legal names that something else may use as well, and the longest ones."""

OTHERS: tuple[Any, ...] = (None, True, False, [], {}, [None], [[]], {"a": {}}, ["a", "a"], {"": ""})


def copied(value: Any) -> Any:
    """A copy of plain data that shares no list and no mapping."""
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    return [copied(inner) for inner in value] if isinstance(value, list) else value
