"""source: YAML text → a tree of plain values, each with its position; keys mean nothing here."""
