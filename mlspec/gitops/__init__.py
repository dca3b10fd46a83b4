"""gitops: Git and rendered trees. What a change does to the cluster, from Git alone.

It knows Git and manifests, and no target: words about a kind come from the target that emits it.
"""
