"""Entry point: `python -m mlspec.runtime VERB ...`. The exit code is the step's result."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence

from mlspec.runtime import check, gate, ingest, register, report
from mlspec.runtime.errors import StepFailure, redact

VERBS = (ingest, check, gate, register, report)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mlspec.runtime",
        description="The steps that mlspec adds to a pipeline.",
        epilog="exit codes: 0 ok, 1 the data, model or gate is wrong, 2 wrong usage",
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for module in VERBS:
        name = module.__name__.rpartition(".")[2]
        verb = verbs.add_parser(name, help=module.HELP, description=module.HELP, allow_abbrev=False)
        module.add_arguments(verb)
        verb.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code. Wrong flags leave through argparse's SystemExit(2)."""
    args = build_parser().parse_args(argv)
    try:
        code: int = args.run(args)
        return code
    except StepFailure as err:
        return _fail(args.verb, err.message, err.exit_code)
    except OSError as err:
        where = f" ({err.filename})" if err.filename else ""
        return _fail(args.verb, f"{err.strerror or err}{where}", StepFailure.exit_code)
    except Exception:  # a defect of ours keeps its traceback, but never shows a secret
        return _fail(args.verb, traceback.format_exc(), StepFailure.exit_code)


def _fail(verb: str, message: str, code: int) -> int:
    print(redact(f"{verb}: {message}"), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
