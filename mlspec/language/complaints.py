"""What is said of each mistake that the walk of `validator.py` meets. Read only when there is one.

Every complaint says what is wrong in the user's own words, and what to write instead. It also says
what was meant, if that is sure, so that the walk can go on with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mlspec.language.forms import branches_of, type_of, wanted_type
from mlspec.language.habits import habit
from mlspec.language.homes import TOP, home_of, nodes_at
from mlspec.language.meant import Meanings, text_meant
from mlspec.language.not_yet import NOT_YET
from mlspec.language.secrets import secret_at
from mlspec.language.suggestions import is_slip, nearest, shown
from mlspec.source.hidden import look_alike
from mlspec.source.problem import Problem, Repair

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mlspec.source.tree import Path

    Schema = Mapping[str, Any]

_TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of keys to values",
    "null": "nothing",
}


_VISIBLE = {character: f"\\x{character:02x}" for character in (*range(32), 127)}
_VISIBLE |= str.maketrans({"\n": "\\n", "\r": "\\r", "\t": "\\t"})
"""Characters that a message cannot show, as YAML writes them in double quotes."""


class Complaint(NamedTuple):
    """`meant`: what to go on with, a value or the name of a key; None where nobody knows.
    `stands_for`: where the key belongs that this one was written for, so that it is not missed."""

    problem: Problem
    meant: Any = None
    stands_for: Path = ()


class Complaints:
    """What to say about a document of one schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._definitions = schema["$defs"]
        self._meanings = Meanings(self._definitions)

    # ── values ────────────────────────────────────────────────────────────────────────────────

    def wrong_type(self, schema: Schema, value: Any, path: Path) -> Complaint:
        found, place = type_of(value), _place(path)
        words = self._wanted(schema)
        label = f"this is {_TYPE_WORDS[found]}"
        if found == "null":
            example = self._meanings.example_of(schema)
            such = f"a value, such as `{example}`" if example else words
            problem = Problem("MLS103", path, f"{place} has no value")
            return Complaint(problem._replace(help=f"give it {such}, or remove it"))
        meant = self._meanings.of(value, schema)
        if meant.value is None and found in ("integer", "number") and _form(schema):
            message = f"{place} must be {_form(schema)}"
        else:
            message = f"{place} must be {words}, not {_TYPE_WORDS[found]}"
        problem = Problem("MLS103", path, message, label, meant.help, repair=meant.repair)
        return Complaint(problem, meant.value)

    def _wanted(self, schema: Schema) -> str:
        wanted = [wanted_type(branch) for branch in branches_of(schema)]
        words = [_TYPE_WORDS[w] for w in wanted if not (w == "integer" and "number" in wanted)]
        return " or ".join(dict.fromkeys(words))

    def not_a_tag(self, discriminator: Schema, value: str, path: Path) -> Complaint:
        """A tag that no model has. It may be the value of another key: `type: parquet`."""
        complaint = self.not_a_choice(list(discriminator["mapping"]), value, path)
        for ref in discriminator["mapping"].values():
            for key, field in self._definitions[ref.rpartition("/")[2]]["properties"].items():
                if complaint.meant is None and value in field.get("enum", ()):
                    help = f"write `{key}: {value}`. For `{path[-1]}`, {complaint.problem.help}"
                    return Complaint(complaint.problem._replace(help=help, repair=None))
        return complaint

    def not_a_choice(self, choices: Sequence[str], value: str, path: Path) -> Complaint:
        near = nearest(value, choices)
        is_sure = near is not None and is_slip(value, near, choices)
        help = f"did you mean `{near}`?" if near else ""
        if len(choices) == 1 and not near:
            help = f"write `{choices[0]}`"
        elif len(choices) > 1 and not is_sure:
            help += f"{' It' if help else 'it'} is one of: {', '.join(choices)}"
        word = near or (choices[0] if len(choices) == 1 else "")
        repair = Repair(f"write `{word}`", word, is_safe=is_sure) if word else None
        message = f"`{shown(value)}` is not a value that `{_key(path)}` can have"
        problem = Problem("MLS104", path, message, look_alike(value), help, repair=repair)
        return Complaint(problem, near if is_sure else None)

    def wrong_form(
        self, schema: Schema, value: str, path: Path, *, on_key: bool = False
    ) -> Problem:
        says = schema.get("patternErrorMessage", f"text of the form {schema['pattern']}")
        examples = schema.get("examples") or ()
        meant = "" if secret_at(path, value) else text_meant(value, schema)
        help = f"for example `{examples[0]}`" if examples else f"write {says}"
        repair = None
        if value.startswith("sha256:"):
            help = "copy the whole of it: 64 digits after `sha256:`"
        if meant:
            help, repair = f"did you mean `{meant}`?", Repair(f"write `{meant}`", meant)
        message = f"`{shown(value.translate(_VISIBLE))}` is not {says}"
        return Problem("MLS105", path, message, look_alike(value), help, on_key, repair=repair)

    def empty(self, path: Path) -> Problem:
        return Problem("MLS105", path, f"{_place(path)} is empty", help="write it, or remove it")

    def too_long(self, limit: int, path: Path) -> Problem:
        message = f"the text is longer than {limit} characters"
        return Problem("MLS106", path, message, help="say less here, or keep it in a file")

    def out_of_range(self, schema: Schema, value: float, path: Path) -> Problem:
        low, high = schema.get("minimum"), schema.get("maximum")
        if low is not None and value < low:
            message = f"{value} is too small: {low} is the least"
        elif high is not None and value > high:
            message = f"{value} is too large: {high} is the most"
        else:
            message = f"{value} is too small: more than {schema['exclusiveMinimum']} is needed"
        if form := self._form_beside(path):
            size = "small" if high is None or value <= high else "large"
            return Problem("MLS106", path, f"{value} is too {size}", help=f"write {form}")
        span = f"{low} to {high}" if low is not None and high is not None else ""
        return Problem("MLS106", path, message, help=f"write {span}" if span else "write more")

    def _form_beside(self, path: Path) -> str:
        """The form of the text that may stand in place of a number: it may say what no number of
        that kind can."""
        forms = [_form(node) for node in nodes_at(self._schema, path) if "type" in node]
        return next(filter(None, forms), "")

    # ── keys ──────────────────────────────────────────────────────────────────────────────────

    def unknown_key(
        self, model: str, properties: Schema, tree: Any, path: Path, *, overlay: str = ""
    ) -> Complaint:
        """`tree`: the whole document, or the whole of an overlay, with the key at `path`."""
        top = f"in the overlay `{overlay}`" if overlay else TOP
        key, given = str(path[-1]), _at(tree, path[:-1])
        planned = NOT_YET.get(model, ())
        if key in planned:
            message = f"`{key}` is planned, but mlspec does not do it yet"
            help = "remove it: a key that does nothing would be a lie"
            return Complaint(Problem("MLS107", path, message, help=help, on_key=True))
        place = f"in `{path[-2]}`" if len(path) > 1 else top
        message = f"there is no key `{shown(key)}` {place}"
        problem = Problem("MLS101", path, message, look_alike(key), on_key=True)
        near = nearest(key, [name for name in properties if name not in given])
        if near is not None and is_slip(key, near, [*properties, *planned]):
            return self._misspelt(problem, near, is_sure=True)
        if known := habit(model, key):
            stands_for = (*path[:-1], known.key) if known.key else ()
            return Complaint(problem._replace(help=known.help), stands_for=stands_for)
        if isinstance(given[key], dict) and (entries := _only_map(properties)):
            return self._entry(problem, entries, properties, given)
        if home := home_of(self._schema, tree, path, top=top):
            return Complaint(problem._replace(help=home.help), stands_for=home.path)
        if near is not None:
            return self._misspelt(problem, near, is_sure=False)
        help = f"the keys here are: {', '.join(properties)}"
        if there := nearest(key, [name for name in properties if name in given]):
            help = f"`{there}` is there already: remove one of the two"
        if near := nearest(key, planned):
            help = f"`{near}` is planned, but mlspec does not do it yet"
        return Complaint(problem._replace(help=help))

    def _entry(
        self, problem: Problem, entries: str, properties: Schema, given: Mapping[str, Any]
    ) -> Complaint:
        """An entry one level above the map of entries. Of several it is said at the first: reports
        tell what is the same once."""
        strange = [
            key
            for key, value in given.items()
            if key not in properties and not key.startswith("x-") and isinstance(value, dict)
        ]
        path = (*problem.path[:-1], strange[0])
        message = problem.message.replace(shown(problem.path[-1]), shown(strange[0]), 1)
        these = "it" if len(strange) == 1 else "them"
        help = f"put {these} under `{entries}:`"
        said = problem._replace(path=path, message=message, help=help, label="")
        return Complaint(said, stands_for=(*problem.path[:-1], entries))

    def _misspelt(self, problem: Problem, near: str, *, is_sure: bool) -> Complaint:
        repair = Repair(f"write `{near}`", near, is_safe=is_sure)
        stands_for = (*problem.path[:-1], near)
        said = problem._replace(help=f"did you mean `{near}`?", repair=repair)
        return Complaint(said, near if is_sure else None, stands_for)

    def missing_keys(
        self, keys: Sequence[str], properties: Schema, tree: Any, path: Path
    ) -> Iterator[tuple[str, Problem]]:
        """One problem a key that is not there, with the key. Of what an overlay alone has, and what
        may well be misspelt there, only the first: nobody meant to write the others."""
        near = _near_in_base(tree, path)
        for key in keys[:1] if near else keys:
            problem = self._missing_key(key, properties[key], path)
            if near:
                help = f"did you mean `{near}`? For a new `{path[-1]}`, {problem.help}"
                problem = problem._replace(help=help)
            yield key, problem

    def _missing_key(self, key: str, schema: Schema, path: Path) -> Problem:
        place = f"in `{path[-1]}`" if path else TOP
        message = f"`{key}` is missing {place}"
        if "const" in schema:
            line = f"{key}: {schema['const']}"
            repair = Repair(f"add `{line}`", line, is_safe=not path)
            return Problem("MLS102", path, message, "", f"add `{line}`", True, repair=repair)
        about = schema.get("description", "")
        if not about and "$ref" in schema:
            about = self._definitions[schema["$ref"].rpartition("/")[2]].get("description", "")
        help = f"add `{key}:`. {about.partition('. ')[0].rstrip('.')}"
        return Problem("MLS102", path, message, help=help, on_key=True)

    def missing_tag(self, discriminator: Schema, tree: Any, path: Path) -> Complaint:
        """A choice among models whose tag is not there, or is misspelt."""
        tag, mapping = discriminator["propertyName"], discriminator["mapping"]
        models = [self._definitions[ref.rpartition("/")[2]] for ref in mapping.values()]
        known = {key for model in models for key in model["properties"]}
        given = _at(tree, path)
        strange = [n for n in given if n not in known and not n.startswith("x-")]
        if near := nearest(tag, strange):
            message = f"there is no key `{shown(near)}` in `{_key(path)}`"
            problem = Problem("MLS101", (*path, near), message, look_alike(near), on_key=True)
            return self._misspelt(problem, tag, is_sure=is_slip(near, tag, known))
        help = f"add `{tag}:` with one of: {', '.join(mapping)}"
        if entry := _near_in_base(tree, path):
            help = f"did you mean `{entry}`? For a new `{path[-1]}`, {help}"
        message = f"`{tag}` is missing in `{_key(path)}`"
        return Complaint(Problem("MLS102", path, message, help=help, on_key=True))


def _only_map(properties: Schema) -> str:
    """The key of a model that has no other, if its value is a map by name."""
    [key, *others] = properties
    return key if not others and "additionalProperties" in properties[key] else ""


def _form(schema: Schema) -> str:
    """What the text must look like, where text of some form is the first choice."""
    return str(branches_of(schema)[0].get("patternErrorMessage", ""))


def _key(path: Path) -> str:
    """The key that a value belongs to: that of its list, for an item."""
    return next((str(step) for step in reversed(path) if isinstance(step, str)), "the document")


def _place(path: Path) -> str:
    if path and isinstance(path[-1], int):
        return f"item {path[-1] + 1} of `{_key(path)}`"
    return f"`{path[-1]}`" if path else "the document"


def _near_in_base(tree: Any, path: Path) -> str | None:
    """The name that was probably meant by the end of `path`, if only an overlay has that."""
    overlays = tree.get("environments")
    if len(path) < 2 or not isinstance(overlays, dict):
        return None
    name, entry = str(path[-1]), _at(tree, path)
    for patch in overlays.values():
        try:
            written = _at(patch, path)
            if isinstance(written, dict) and written.keys() >= entry.keys():
                return nearest(name, _at(tree, path[:-1]).keys() - _at(patch, path[:-1]).keys())
        except (KeyError, IndexError, TypeError):
            continue
    return None


def _at(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree[step]
    return tree
