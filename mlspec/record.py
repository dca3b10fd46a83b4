"""Record: the immutable value that every stage hands to the next.

A frozen dataclass in all but the price: `@dataclass(frozen=True, slots=True)` generates and
compiles source text for each class (0.5 ms each, measured), and `mlspec validate` defines some
ninety classes before it reads a line of YAML. Record defines a class in microseconds instead. See
docs/decisions/0003-records-instead-of-dataclasses.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

if TYPE_CHECKING:
    from typing import Self, dataclass_transform
else:

    def dataclass_transform(**_options):
        return lambda cls: cls


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Record:
    """A value with named fields, equal by content, that never changes after it is made.

    A subclass lists its fields as annotations, with defaults where it has them; fields are given by
    keyword. A missing or unknown field is a TypeError, a later assignment an AttributeError.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _names: ClassVar[frozenset[str]] = frozenset()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        fields: dict[str, None] = {}
        defaults: dict[str, Any] = {}
        for base in reversed(cls.__bases__):
            fields |= dict.fromkeys(getattr(base, "_fields", ()))
            defaults |= getattr(base, "_defaults", {})
        own = [name for name in cls.__annotations__ if not name.startswith("_")]
        cls._fields = (*fields, *(name for name in own if name not in fields))
        cls._names = frozenset(cls._fields)
        cls._defaults = defaults | {name: vars(cls)[name] for name in own if name in vars(cls)}

    def __init__(self, **fields: Any) -> None:
        values = self.__dict__
        values.update(self._defaults)
        values.update(fields)
        if values.keys() != self._names:  # in C: half the price of a loop over the fields
            self._refuse(fields)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """A record of these values, exactly one for each field; it takes the dict over. Half the
        price of a call: for the reader of specs, which has looked at each key."""
        made = cls.__new__(cls)
        object.__setattr__(made, "__dict__", values)
        return made

    def _refuse(self, fields: dict[str, Any]) -> NoReturn:
        name = type(self).__name__
        unknown = [f for f in fields if f not in self._fields]
        missing = [f for f in self._fields if f not in fields and f not in self._defaults]
        raise TypeError(f"{name}: missing {missing or 'nothing'}, unknown {unknown or 'nothing'}")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed; use replace()")

    def __delattr__(self, name: str) -> NoReturn:
        self.__setattr__(name, None)

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return type(self)(**{**self.__dict__, **changes})

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in self._fields)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{type(self).__name__}({shown})"
