"""Which tastings are held out: decided by a tasting itself, so that train and evaluate agree.

A random split, even with a seed, depends on the order and number of the rows: one new tasting and
old test rows would move into the training set. A hash of the row's values does not.
"""

from __future__ import annotations

import pandas as pd

from wine.columns import FEATURES, GRADE

HELD_OUT_PERCENT = 25


def split(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows to train on and rows held out."""
    # hash_pandas_object is the same on every machine and in every version (a fixed key).
    hashes = pd.util.hash_pandas_object(table[[*FEATURES, GRADE]], index=False)
    held_out = hashes % 100 < HELD_OUT_PERCENT
    return table[~held_out], table[held_out]
