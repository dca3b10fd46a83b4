"""The files of a new project, for `mlspec init`."""
