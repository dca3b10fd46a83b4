"""Renderers: finding and loading them, and asking each for its manifests.

A renderer is a package in a folder of renderers. The built-in ones are in `mlspec.renderers`, which
is searched like any other; a platform may name more folders, and installed packages by entry point.
Those run as code, so they are loaded only when a platform names them.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from mlspec.cli.timings import stage
from mlspec.diagnostics import Diagnostic, Span
from mlspec.manifests.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import ModuleType
    from typing import TypeVar

    from mlspec.language.platform import Platform
    from mlspec.plan.model import Plan

    _Answer = TypeVar("_Answer")

ENTRY_POINTS = "mlspec.renderers"
SCHEMAS = "schemas"
"""A renderer's own folder of schemas, in its package, for kinds that mlspec has none for."""


class Renderer(NamedTuple):
    """A loaded renderer. `module` has what renderers/README.md asks for; `schemas` is its own
    folder of them, if it has one."""

    name: str
    module: Any
    schemas: Path | None


class RendererError(Exception):
    """A renderer that cannot be used; the message says which and why."""


class Rendered(NamedTuple):
    """A manifest and the target that it belongs to."""

    target: str
    manifest: Manifest


def load_renderers(platform: Platform, platform_file: str) -> list[Renderer]:
    """All renderers for a platform, by name. Raises RendererError."""
    import mlspec.renderers as built_in

    found: dict[str, ModuleType] = {}
    for name in _packages_in(list(built_in.__path__)):
        found[name] = importlib.import_module(f"mlspec.renderers.{name}")
    for folder in platform.renderers.folders:
        place = Path(platform_file).parent / folder
        if not place.is_dir():
            raise RendererError(f"the folder of renderers {place} does not exist")
        for name in _packages_in([str(place.resolve())]):  # Python remembers what it lists
            _take(found, name, _import_from(place, name))
    for name in platform.renderers.packages:
        _take(found, name, _import_installed(name))
    return [_renderer(name, module) for name, module in sorted(found.items())]


class Loaded:
    """The renderers of several projects: those of each platform are loaded once."""

    def __init__(self) -> None:
        self._of: dict[str, list[Renderer]] = {}

    def of(self, platform: Platform, platform_file: str) -> list[Renderer]:
        """Raises RendererError."""
        if platform_file not in self._of:
            self._of[platform_file] = load_renderers(platform, platform_file)
        return self._of[platform_file]

    def __iter__(self) -> Iterator[Renderer]:
        return (each for some in self._of.values() for each in some)


def _packages_in(folders: Sequence[str]) -> Iterator[str]:
    return (info.name for info in pkgutil.iter_modules(folders) if info.ispkg)


def _take(found: dict[str, ModuleType], name: str, module: ModuleType) -> None:
    if name in found:
        raise RendererError(f"there are two renderers called `{name}`")
    found[name] = module


def _import_from(folder: Path, name: str) -> ModuleType:
    from importlib.util import module_from_spec, spec_from_file_location

    place = folder / name
    # The name is private to mlspec, so that a drop-in cannot shadow an installed package, and to
    # its folder, so that two platforms of one run may each have a renderer of this name.
    spec = spec_from_file_location(
        f"mlspec_renderer_{crc32(bytes(folder.resolve())):08x}_{name}",
        place / "__init__.py",
        submodule_search_locations=[str(place)],
    )
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[spec.name]
        raise RendererError(f"the renderer `{name}` cannot be imported: {error!r}") from error
    return module


def _import_installed(name: str) -> ModuleType:
    from importlib.metadata import entry_points

    matching = list(entry_points(group=ENTRY_POINTS, name=name))
    if not matching:
        raise RendererError(f"no installed package offers a renderer `{name}`")
    try:
        module: ModuleType = matching[0].load()
    except Exception as error:
        raise RendererError(f"the renderer `{name}` cannot be imported: {error!r}") from error
    return module


def _renderer(name: str, module: ModuleType) -> Renderer:
    renders = hasattr(module, "render") or hasattr(module, "render_last")
    if not (renders and hasattr(module, "applies") and hasattr(module, "KINDS")):
        raise RendererError(
            f"the renderer `{name}` lacks part of the contract: KINDS, applies(plan), and "
            "render(plan) or render_last(plan, manifests, kinds)"
        )
    schemas = Path(module.__file__ or "").parent / SCHEMAS
    return Renderer(name, module, schemas if schemas.is_dir() else None)


def explain_of(renderer: Renderer) -> Any:
    """The renderer's words for changes of what it emits: `explain` of its package, or of a module
    `changes` in it, so that rendering need not load it. None: it has none. Raises RendererError."""
    from importlib.util import find_spec

    module = renderer.module
    if hasattr(module, "explain"):
        return module.explain
    name = f"{module.__name__}.changes"
    try:
        if not hasattr(module, "__path__") or find_spec(name) is None:
            return None
        return importlib.import_module(name).explain
    except Exception as error:
        raise RendererError(
            f"the renderer `{renderer.name}` cannot be asked for words: {error!r}"
        ) from error


def render_plan(plan: Plan, renderers: Sequence[Renderer]) -> list[Rendered]:
    """All manifests of a plan: first what the targets make of it, then what describes those.

    Raises RendererError where a renderer fails.
    """
    active = [
        each for each in renderers if _asked(plan, each, "applies", lambda ask: bool(ask(plan)))
    ]
    rendered: list[Rendered] = []
    for each in active:
        if hasattr(each.module, "render"):
            rendered += _made(plan, each, "render", plan)
    for each in active:
        if hasattr(each.module, "decorate"):
            rendered = _decorated(plan, each, rendered)
    described = [item.manifest for item in rendered]
    for each in active:
        if hasattr(each.module, "render_last"):
            kinds = _kinds_of(other for other in renderers if other is not each)
            rendered += _made(plan, each, "render_last", plan, described, kinds)
    return rendered


def _kinds_of(renderers: Iterable[Renderer]) -> tuple[str, ...]:
    """All that they may emit, also where they do not apply: what once was there must be known."""
    return tuple(sorted({kind for each in renderers for kind in each.module.KINDS}))


def _made(plan: Plan, renderer: Renderer, hook: str, *arguments: Any) -> list[Rendered]:
    """The manifests that a hook yields."""
    return _asked(
        plan,
        renderer,
        hook,
        lambda ask: [Rendered(renderer.name, _manifest(each)) for each in ask(*arguments)],
    )


def _decorated(plan: Plan, renderer: Renderer, rendered: list[Rendered]) -> list[Rendered]:
    return _asked(
        plan,
        renderer,
        "decorate",
        lambda ask: [Rendered(target, _manifest(ask(plan, each))) for target, each in rendered],
    )


def _manifest(answer: object) -> Manifest:
    if not isinstance(answer, Manifest):
        raise TypeError(f"expected a Manifest, found {type(answer).__name__}")
    return answer


def _asked(plan: Plan, renderer: Renderer, hook: str, answer: Callable[[Any], _Answer]) -> _Answer:
    """What comes of asking a renderer's hook. Raises RendererError whatever goes wrong in it."""
    try:
        return answer(getattr(renderer.module, hook))
    except Exception as error:
        from traceback import extract_tb

        last = extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).parent.name}/{Path(last.filename).name}:{last.lineno}"
        raise RendererError(
            f"the renderer `{renderer.name}` fails in `{hook}` for `{plan.environment}`: "
            f"{type(error).__name__}: {error} ({place})"
        ) from error


def files_of(
    plan: Plan, rendered: Sequence[Rendered], renderers: Sequence[Renderer], file: str
) -> tuple[dict[str, bytes], list[Diagnostic]]:
    """Path below the project's folder → content, and what the schemas say against manifests.

    A diagnostic here (MLS605) means that a renderer is wrong, never the user.
    """
    from mlspec.output.schemas import schema_errors
    from mlspec.output.yaml_writer import dump

    kinds = {each.name: set(each.module.KINDS) for each in renderers}
    folders = tuple(each.schemas for each in renderers if each.schemas is not None)
    bodies: dict[str, Any] = {}
    wrong: list[Diagnostic] = []
    with stage("schema"):
        for target, manifest in rendered:
            path = f"{plan.environment}/{target}/{manifest.filename}"
            errors = schema_errors(manifest, folders)
            if path in bodies:
                errors.append("two manifests have this name")
            if manifest.full_kind not in kinds[target]:
                errors.append(f"the renderer does not declare the kind {manifest.full_kind}")
            wrong += [_invalid(target, path, error, file) for error in errors]
            bodies[path] = manifest.body
    with stage("emit"):
        return {path: dump(body).encode() for path, body in bodies.items()}, wrong


def _invalid(target: str, path: str, error: str, file: str) -> Diagnostic:
    return Diagnostic(
        code="MLS605",
        message=f"the renderer `{target}` made an invalid {path}: {error}",
        span=Span(file=file),
        help="this is a mistake in the renderer, not in the spec: please report it",
    )
