"""language: the models of project.yaml, platform.yaml and mlspec.lock, one file a section.

A section's file states its keys, types, defaults and documentation in pydantic's notation: a class
with annotations, each followed by its docstring. `schema.py` has pydantic turn the classes into
JSON Schema (committed under schemas/, and what editors use); `reader.py` reads a tree by that same
schema into instances of these same classes. So pydantic defines the language and is not imported to
read it: docs/decisions/0004-pydantic-defines-schema-reads.md has the measurements.
"""
