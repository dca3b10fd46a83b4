"""local: a plan, run on this machine: its pipeline as processes, with the contract of the cluster.

Knows processes and MLflow; knows nothing of Kubernetes, of the language or of the command line.
"""
