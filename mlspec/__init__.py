"""mlspec: a compiler from one project.yaml to the Kubernetes manifests of an ML project."""

__version__ = "0.1.0"
