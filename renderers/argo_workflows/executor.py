"""What Argo's own containers get beside a step: `init` loads its inputs, `wait` saves its outputs.

Argo takes their security context and resources from its controller's configuration, by default
none (newExecContainer in workflow/controller/workflowpod.go), and the restricted Pod Security
Standard then refuses the pod. A podSpecPatch settles it for these pods whatever that
configuration says.
"""

from __future__ import annotations

import posixpath
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mlspec.manifests.pods import container_security_context, resource_requirements
from mlspec.plan.model import GitLocation, HdfsLocation

from . import yaml_text
from .paths import SCRATCH

if TYPE_CHECKING:
    from mlspec.plan.model import Fetch, Pipeline, Resources

_SCRATCH_VOLUME = "init-scratch"


def pod_spec_patch(pipeline: Pipeline) -> str:
    return _helpers_patch(pipeline.helper)


@lru_cache(maxsize=16)  # what helpers get is the platform's: mostly the same for all its pipelines
def _helpers_patch(resources: Resources) -> str:
    init, wait = (_patch(name, resources) for name in ("init", "wait"))
    return yaml_text.dump({"initContainers": [init], "containers": [wait]})


def fetch_patch(fetch: Fetch) -> str:
    """A place to write for a driver that needs one in `init`, whose root is read-only and which,
    unlike `wait`, gets no /tmp from Argo; empty where none is needed."""
    place = _scratch_path(fetch)
    if not place:
        return ""
    mount = {"name": _SCRATCH_VOLUME, "mountPath": place}
    volume = {"name": _SCRATCH_VOLUME, "emptyDir": {"sizeLimit": "16Mi"}}
    return yaml_text.dump(
        {"volumes": [volume], "initContainers": [{"name": "init", "volumeMounts": [mount]}]}
    )


def _scratch_path(fetch: Fetch) -> str:
    """The Git driver writes the SSH key to a temporary file (git.go); the HDFS driver makes the
    folder of the remote path on the local machine, and fails where it cannot (hdfs.go)."""
    if isinstance(fetch.location, GitLocation):
        has_key = fetch.credentials and "ssh_private_key" in fetch.credentials.keys
        return SCRATCH if has_key else ""
    if isinstance(fetch.location, HdfsLocation):
        folder = posixpath.dirname(fetch.location.path)
        return folder if folder.strip("/") else ""
    return ""


def _patch(name: str, resources: Resources) -> dict[str, Any]:
    return {
        "name": name,
        "resources": resource_requirements(resources),
        "securityContext": container_security_context(),
    }
