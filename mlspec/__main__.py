"""`python -m mlspec`: the same as the `mlspec` command."""

from mlspec.cli import script

if __name__ == "__main__":
    script()
