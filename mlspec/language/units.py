"""The language's quantities as numbers. Each function takes what the forms in scalars.py accept.

decimal is imported where a fraction is met: it costs more than all the rest of this module.
"""

from __future__ import annotations

_MILLISECONDS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_MEMORY = {
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
    "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
}  # fmt: skip


def milliseconds(duration: str) -> int:
    """`1h30m` → 5400000."""
    total, number, unit = 0, "", ""
    for character in duration + "0":
        if character.isdigit() and unit:
            total += int(number) * _MILLISECONDS[unit]
            number, unit = "", ""
        if character.isdigit():
            number += character
        else:
            unit += character
    return total


def seconds(duration: str) -> int:
    """`1h30m` → 5400; less than a second counts as one."""
    return -(-milliseconds(duration) // 1000)


def millicores(cpu: str | int | float) -> int:
    """`500m`, `0.5` → 500."""
    text = str(cpu)
    if text.endswith("m"):
        return int(text[:-1])
    if text.isdigit():
        return int(text) * 1000
    from decimal import Decimal

    return int((Decimal(text) * 1000).to_integral_value(rounding="ROUND_CEILING"))


def cpu_quantity(cpu: str | int | float) -> str:
    """CPUs as Kubernetes writes them itself: `0.5` → `500m`, `2.0` → `2`."""
    amount = millicores(cpu)
    return str(amount // 1000) if amount % 1000 == 0 else f"{amount}m"


def memory_bytes(memory: str) -> int:
    """`4Gi` → 4294967296."""
    digits = memory.rstrip("KMGTik")
    unit = _MEMORY[memory[len(digits) :]]
    if digits.isdigit():
        return int(digits) * unit
    from decimal import Decimal

    return int(Decimal(digits) * unit)


def memory_quantity(memory: str) -> str:
    """Memory as Kubernetes writes it itself, in the largest unit that needs no fraction: `1024Mi` →
    `1Gi`, `1.5G` → `1500M`; binary units stay binary. As it is where there is no such unit.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """
    amount, is_binary = memory_bytes(memory), memory.endswith("i")
    for unit in reversed(_MEMORY):  # the larger of each family come later
        if unit.endswith("i") == is_binary and amount % _MEMORY[unit] == 0:
            return f"{amount // _MEMORY[unit]}{unit}"
    return memory


def percent(text: str) -> str:
    """`99.50%` → `99.5`: a decimal without the sign, in its shortest form."""
    from decimal import Decimal

    return format(Decimal(text.removesuffix("%")).normalize(), "f")
