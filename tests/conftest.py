"""What holds for all tests."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile

from hypothesis import HealthCheck, settings

# Examples that hypothesis makes are judged by what comes out, never by how long it takes.
settings.register_profile(
    "mlspec",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("mlspec")

# A shell starts what it puts into the background with SIGINT ignored, and every child inherits
# that: the tests that interrupt one would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The cache is on for all tests, as it is for users, and it is the tests' own.
_cache = tempfile.mkdtemp(prefix="mlspec-cache-")
os.environ["MLSPEC_CACHE_DIR"] = _cache
atexit.register(shutil.rmtree, _cache, ignore_errors=True)
