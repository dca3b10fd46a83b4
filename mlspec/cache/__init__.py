"""cache: what was found out before, so that it need not be found out again.

Nothing here is needed for any answer: without it all is the same but the time. Decided in
docs/decisions/0018-a-cache-of-proofs.md.

- `key`: which inputs and which code an answer belongs to
- `store`: answers on the disk, checked when they are read, and bounded
- `seen`: trees that were found to be as they should be, and have not been touched since
"""
