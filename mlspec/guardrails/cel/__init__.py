"""Guardrails in CEL: what an expression sees, the process that evaluates it, and where in
platform.yaml its mistakes are."""
