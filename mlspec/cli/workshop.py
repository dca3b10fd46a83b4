"""Where projects are compiled and rendered: in this process, or in several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.cli.building import Built, Order, keep
from mlspec.cli.clean import Clean, Rendering
from mlspec.cli.compilation import Compilation, Platforms, compile_project, guarded
from mlspec.cli.neighbours import stands_of
from mlspec.cli.silencing import has_comments
from mlspec.cli.workers import processes_for, shared_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlspec.cache.store import Store
    from mlspec.cli.rendering import Tree
    from mlspec.cli.targets import Loaded
    from mlspec.diagnostics import Diagnostic

_BATCH = 16
_WORTH_A_SPOOL = 64
"""With fewer projects what they render to is a few megabytes."""
_ROOM = 32 * 1024 * 1024


class Workshop:
    """What the projects of a run share: platforms that are read once, renderers loaded once."""

    def __init__(self, order: Order, store: Store | None, texts: dict[str, str]) -> None:
        self.order = order
        self._store = store
        self._texts = texts
        self._platforms = Platforms(order.platform)
        self._loaded: Loaded | None = None

    def build(self, files: Sequence[str]) -> Iterator[Built]:
        results = [compile_project(file, self._platforms, self._texts) for file in files]
        for result in guarded(results, own_renderers=self.order.own_renderers):
            yield self._built(result)

    def _built(self, result: Compilation) -> Built:
        tree: Tree | None = None
        wrong: list[Diagnostic] = []
        may_render = self.order.own_renderers or not names_renderers(result)
        if self.order.renders and not result.failed and may_render:
            from mlspec.cli.rendering import tree_of
            from mlspec.cli.targets import Loaded

            self._loaded = self._loaded or Loaded()
            tree, wrong = tree_of(result, self.order.environment, self._loaded)
        judged = tuple(self.order.judge(tree)) if tree and self.order.judge else ()
        if wrong or not may_render or not _is_summed_up(result):
            return Built(result, self._kept(tree), tuple(wrong), judged)
        if tree is not None and self.order.environment is None:
            from mlspec.output.provenance import rendered

            tree = tree._replace(inventory=rendered(tree.inputs, tree.content()).to_bytes())
        clean = _clean(result, tree)
        if self._store is not None and not names_renderers(result):
            keep(self._store, clean, _texts(result))
        return Built(clean, self._kept(tree), judged=judged)

    def _kept(self, tree: Tree | None) -> Tree | None:
        """The tree for whoever writes it."""
        if tree is None or self.order.judge is not None:
            return None
        spooled = self.order.spool.keep(tree.content()) if self.order.spool is not None else None
        return tree._replace(files=spooled) if spooled is not None else tree


def built(
    files: Sequence[str],
    order: Order,
    store: Store | None,
    jobs: int | None,
    texts: dict[str, str],
) -> Iterator[Built]:
    """Builds the projects, in their order; `jobs`: None, in as many processes as are worth it.
    `texts`: what was read of them already, by its file, which is used up."""
    if order.spool is not None and len(files) >= _WORTH_A_SPOOL:
        order.spool.open(room=0 if processes_for(len(files), jobs) > 1 else _ROOM)
    return shared_out(files, lambda: Workshop(order, store, texts).build, jobs, _BATCH)


def names_renderers(result: Compilation) -> bool:
    """Whether the platform brings code of its own, of which nobody knows what it depends on."""
    renderers = result.platform.renderers if result.platform is not None else None
    return renderers is not None and bool(renderers.folders or renderers.packages)


def _is_summed_up(result: Compilation) -> bool:
    """Whether there is nothing to tell of a project but what can be told from a summary."""
    if has_comments(result.trees):
        return False
    if not result.diagnostics:
        return True
    from mlspec.cli.retold import may_be_retold

    return may_be_retold(result.diagnostics, result.files)


def _texts(result: Compilation) -> tuple[str | None, ...]:
    texts = [tree.text for tree in result.trees]
    return (*texts, None) if result.lock is None else tuple(texts)


def _clean(result: Compilation, tree: Tree | None) -> Clean:
    return Clean(
        file=result.file,
        name=result.name,
        files=result.files,
        environments=result.environments,
        stands=stands_of(result),
        rendering=_rendering(tree) if tree is not None else None,
        diagnostics=_each_once(result) if result.diagnostics else (),
    )


def _each_once(result: Compilation) -> tuple[Diagnostic, ...]:
    """As they will be reported: a warning of each of five environments is one."""
    from mlspec.diagnostics.report import prepare

    return tuple(prepare(result.diagnostics, result.environments))


def _rendering(tree: Tree) -> Rendering | None:
    """None where only one environment was rendered."""
    from mlspec.output.provenance import digest

    if tree.inventory is None:
        return None
    counts = dict.fromkeys(tree.scopes, 0)
    for path in tree.content():
        counts[path.partition("/")[0]] += 1
    return Rendering(digest(tree.inventory), tree.synced, tuple(counts.items()))
