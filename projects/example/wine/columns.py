"""The columns of a tasting: thirteen measurements, and the grade that is to be told from them."""

from __future__ import annotations

GRADE = "grade"
GRADES = (0, 1, 2)

# Column to the lowest and highest value that chemistry allows (not: that this data happens to
# have). Wine of 0 % or 25 % alcohol exists; of 60 % it does not.
LIMITS: dict[str, tuple[float, float]] = {
    "alcohol": (0, 25),  # % by volume
    "malic_acid": (0, 20),  # g/l
    "ash": (0, 10),  # g/l
    "alcalinity_of_ash": (0, 100),  # meq/l
    "magnesium": (0, 500),  # mg/l
    "total_phenols": (0, 20),  # g/l
    "flavanoids": (0, 20),  # g/l
    "nonflavanoid_phenols": (0, 10),  # g/l
    "proanthocyanins": (0, 20),  # g/l
    "color_intensity": (0, 50),
    "hue": (0, 10),
    "od280_od315": (0, 10),  # optical density at 280 nm by that at 315 nm, of diluted wine
    "proline": (0, 5000),  # mg/l
}
FEATURES = tuple(LIMITS)
