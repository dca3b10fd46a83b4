"""The name that was probably meant is the one that difflib would choose."""

from __future__ import annotations

from difflib import get_close_matches

from hypothesis import given
from hypothesis import strategies as st

from mlspec.language.suggestions import nearest

NAMES = st.text("abcx1-", max_size=8)


@given(NAMES, st.lists(NAMES, max_size=12, unique=True))
def test_the_nearest_name_is_the_closest_match(name: str, names: list[str]) -> None:
    closest = get_close_matches(name, names, n=1, cutoff=0.6)

    assert nearest(name, names) == next(iter(closest), None)


def test_a_name_is_nearest_in_any_case_and_with_any_dash() -> None:
    assert nearest("WINE_api", ["wine", "wine-api"]) == "wine-api"
    assert nearest("wine", []) is None
