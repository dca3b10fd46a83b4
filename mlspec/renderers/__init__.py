"""The built-in targets, `mlspec.renderers.<target>`.

In the repository they stand in the top-level folder `renderers/`; a wheel carries them here. A
checkout (an editable install) reaches them through this package's search path, so that both import
under the same name. The check for pyproject.toml keeps a stranger's `renderers` package in
site-packages out.
"""

from pathlib import Path

_CHECKOUT = Path(__file__).parents[2]

if (_CHECKOUT / "pyproject.toml").is_file() and (_CHECKOUT / "renderers").is_dir():
    __path__.append(str(_CHECKOUT / "renderers"))
