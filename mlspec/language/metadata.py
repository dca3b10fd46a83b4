"""`metadata`: who and what the project is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.record import Record

if TYPE_CHECKING:
    from mlspec.language.scalars import Email, Name, Text


class Metadata(Record):
    """Who and what the project is."""

    name: Name
    """The project's name. It becomes part of every name in the cluster."""
    team: Name
    """The team that answers for the project; a label on every object."""
    owners: tuple[Email, ...] = ()
    """E-mail addresses of the people to ask; every alert names them."""
    description: Text = ""
    """One or two sentences for people."""
