"""plan: checked spec + platform + lock + environment → one immutable, target-neutral Plan."""
