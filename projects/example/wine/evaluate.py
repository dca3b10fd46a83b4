"""python -m wine.evaluate --model DIR --data PARQUET --metrics JSON: how good on unseen wines?"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import mlflow
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score

from wine.columns import FEATURES, GRADE
from wine.split import split


def main() -> int:
    parser = argparse.ArgumentParser(prog="wine.evaluate", description=__doc__)
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--metrics", required=True, type=Path)
    args = parser.parse_args()
    try:
        metrics = evaluate(args.model, pd.read_parquet(args.data))
    except (OSError, ValueError, mlflow.MlflowException) as err:
        print(f"evaluate: {err}", file=sys.stderr)
        return 1
    args.metrics.parent.mkdir(parents=True, exist_ok=True)
    args.metrics.write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    print(f"evaluate: {json.dumps(metrics)}")
    return 0


def evaluate(model: Path, table: pd.DataFrame) -> dict[str, float]:
    """Metrics of the model on the held-out tastings only; it has seen the others."""
    _, held_out = split(table)
    if held_out.empty:
        raise ValueError("expected held-out tastings, found none: too little data")
    # Loaded as a server loads it, so that what is measured is what will be served.
    found = mlflow.pyfunc.load_model(str(model)).predict(held_out[list(FEATURES)])
    return {
        "f1_macro": float(f1_score(held_out[GRADE], found, average="macro")),
        "accuracy": float(accuracy_score(held_out[GRADE], found)),
    }


if __name__ == "__main__":
    sys.exit(main())
