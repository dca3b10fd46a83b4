"""Output: manifests become checked, canonical YAML in a tree that is written atomically.

Import what you need from its module; nothing is imported here, because `mlspec validate` writes
no file and must not pay for what does.

- `yaml_writer`: plain values to YAML text
- `schemas`: manifests against `schemas/manifests/`
- `provenance`: the inventory of a tree
- `edits`, `drift`: which files of ours someone edited; how a tree differs from what it should hold
- `tree`: one project's tree, written whole or not at all (with `staging` and `swap`)
"""
