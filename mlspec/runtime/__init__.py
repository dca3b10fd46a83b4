"""The programs that generated pipeline steps run: `python -m mlspec.runtime VERB ...`.

This package imports nothing of the compiler, so that a step's image needs neither it nor its
dependencies. README.md has the contract of a step.
"""
