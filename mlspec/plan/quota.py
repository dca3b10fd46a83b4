"""The quota of the project's namespace, as the cluster is to hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlspec.language.units import cpu_quantity, memory_quantity
from mlspec.plan.model import Quota

if TYPE_CHECKING:
    from mlspec.language.platform import PlatformEnvironment
    from mlspec.plan.inputs import Inputs


def quota_of(inputs: Inputs, place: PlatformEnvironment) -> Quota | None:
    """None where the namespace is shared: Kubernetes counts a namespace, not a project, so there
    each project's quota would be spent by all. What a project asks for is checked all the same."""
    written = place.quota
    if written is None or "{project}" not in place.namespace:
        return None
    if written.cpu is None and written.memory is None and written.gpu is None:
        return None
    return Quota(
        cpu="" if written.cpu is None else cpu_quantity(written.cpu),
        memory="" if written.memory is None else memory_quantity(written.memory),
        gpu=written.gpu,
        default=inputs.resources(None),
    )
