"""python -m wine.train --data PARQUET --model DIR --trees N: a forest as an MLflow model folder."""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import mlflow.sklearn
import pandas as pd
from mlflow.models import infer_signature
from sklearn.ensemble import RandomForestClassifier

from wine.columns import FEATURES, GRADE
from wine.split import split

SEED = 20
EXAMPLE_ROWS = 3
# What a server needs to load the model, besides MLflow itself.
REQUIREMENTS = ("scikit-learn", "scipy", "numpy", "pandas", "cloudpickle")


def main() -> int:
    parser = argparse.ArgumentParser(prog="wine.train", description=__doc__)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--trees", required=True, type=int)
    args = parser.parse_args()
    if args.trees < 1:
        parser.error(f"--trees: expected 1 or more, found {args.trees}")
    try:
        train(pd.read_parquet(args.data), args.model, args.trees)
    except (OSError, ValueError) as err:
        print(f"train: {err}", file=sys.stderr)
        return 1
    return 0


def train(table: pd.DataFrame, folder: Path, trees: int) -> None:
    """Fits on the rows that are not held out; the folder is replaced if there is one."""
    missing = [name for name in (*FEATURES, GRADE) if name not in table.columns]
    if missing:
        raise ValueError(f"expected the columns {missing}, found {sorted(table.columns)}")
    known, held_out = split(table)
    if known[GRADE].nunique() < 2:
        raise ValueError(f"expected two grades or more, found {sorted(known[GRADE].unique())}")
    inputs = known[list(FEATURES)]
    forest = RandomForestClassifier(n_estimators=trees, random_state=SEED)
    forest.fit(inputs, known[GRADE])
    save(forest, inputs, folder)
    print(f"train: {trees} trees on {len(known)} tastings, {len(held_out)} held out")


def save(forest: RandomForestClassifier, inputs: pd.DataFrame, folder: Path) -> None:
    # A retried step finds what the first try left; MLflow refuses a folder with files in it.
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Its warning about pickles is answered below.
    logging.getLogger("mlflow.sklearn").setLevel(logging.ERROR)
    mlflow.sklearn.save_model(
        forest,
        str(folder),
        signature=infer_signature(inputs, forest.predict(inputs)),
        input_example=inputs.head(EXAMPLE_ROWS),
        # The inference servers load this format with every MLflow since 1.0; skops, the default of
        # new ones, only with MLflow 3. The folder is trusted: it never leaves our own registry.
        serialization_format="cloudpickle",
        # Said, not inferred: MLflow would start another Python and load the model to find out.
        pip_requirements=[f"{name}=={version(name)}" for name in REQUIREMENTS],
    )


if __name__ == "__main__":
    sys.exit(main())
