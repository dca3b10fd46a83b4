"""locking: what each mutable name of a spec means now, and the lock that says so."""
