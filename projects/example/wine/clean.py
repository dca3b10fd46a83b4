"""python -m wine.clean --in IN --out OUT: raw tastings (csv) to tidy ones (parquet)."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import pandas as pd

from wine.columns import FEATURES, GRADE, GRADES, LIMITS


def main() -> int:
    parser = argparse.ArgumentParser(prog="wine.clean", description=__doc__)
    parser.add_argument("--in", dest="source", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args()
    try:
        raw = read(args.source)
        tidy = clean(raw)
    except (OSError, ValueError) as err:
        print(f"clean: {err}", file=sys.stderr)
        return 1
    args.out.parent.mkdir(parents=True, exist_ok=True)
    tidy.to_parquet(args.out, index=False)
    print(f"clean: {len(raw)} rows in, {len(tidy)} rows out")
    return 0


def read(source: Path) -> pd.DataFrame:
    """A csv file, or a folder of them."""
    files = sorted(source.rglob("*.csv")) if source.is_dir() else [source]
    if not files:
        raise ValueError(f"{source}: expected csv files, found none")
    return pd.concat([pd.read_csv(file) for file in files], ignore_index=True)


def clean(raw: pd.DataFrame) -> pd.DataFrame:
    """Standard names, numbers as numbers, each tasting once, none that chemistry rules out.

    Rows that cannot be right are dropped and counted; a missing column is a ValueError.
    """
    table = raw.rename(columns=standard_name)
    missing = [name for name in (*FEATURES, GRADE) if name not in table.columns]
    if missing:
        raise ValueError(f"expected the columns {missing}, found {sorted(table.columns)}")
    table = table[[*FEATURES, GRADE]].apply(pd.to_numeric, errors="coerce")
    possible = table[GRADE].isin(GRADES)
    for name, (lowest, highest) in LIMITS.items():
        possible &= table[name].between(lowest, highest)  # false for a missing value
    if dropped := int((~possible).sum()):
        print(f"clean: {dropped} rows dropped: a value missing or out of range", file=sys.stderr)
    table = table[possible].drop_duplicates(ignore_index=True)
    if table.empty:
        raise ValueError("expected tastings, found none that can be right")
    return table.astype(dict.fromkeys(FEATURES, "float64") | {GRADE: "int64"})


def standard_name(name: str) -> str:
    """`Malic Acid` and ` malic-acid` are both `malic_acid`."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


if __name__ == "__main__":
    sys.exit(main())
