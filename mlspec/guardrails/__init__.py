"""guardrails: the platform team's rules, a project in an environment → what it breaks.

`rules/` has the built-in rules, one file each; `cel/` evaluates those that are expressions. Nothing
here is imported for a platform without guardrails. docs/guardrails.md is for those who write them.
"""
