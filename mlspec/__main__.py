"""`python -m mlspec`: the same as the `mlspec` command."""

from mlspec.cli import main

if __name__ == "__main__":
    main()
