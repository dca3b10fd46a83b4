"""graph: a plan → a picture of it: what is read, run, registered, served and watched.

Knows the plan alone. `build.graph_of` says what there is to draw, the writers draw it: `mermaid`,
`svg` (placed by `layout`), and `html` (the SVG with the details of each node).
"""
