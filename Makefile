# Every target makes what it needs; nothing has to be installed but Python 3.11, 3.12 or 3.13.
VENV ?= .venv
export VENV

.PHONY: example demo test lint bench docs clean
.DEFAULT_GOAL := example

example:  ## check and render projects/example into generated/
	@bin/venv light
	@$(VENV)/bin/mlspec validate projects/example
	@$(VENV)/bin/mlspec render projects/example
	@find generated -type f | LC_ALL=C sort

demo:  ## run the example on this machine, serve its model, ask it for predictions
	@bin/venv demo
	@bin/demo

test:  ## all tests
	@bin/venv dev
	@$(VENV)/bin/python -m pytest --numprocesses auto

lint:  ## style, layers and types
	@bin/venv dev
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy

bench:  ## measure speed and memory: the figures of docs/performance.md
	@bin/venv dev
	@$(VENV)/bin/python -m bench

docs:  ## write the pages and schemas that are derived from the code
	@bin/venv dev
	@$(VENV)/bin/python docs/generate.py

clean:  ## remove what the targets above have made, except generated/
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
