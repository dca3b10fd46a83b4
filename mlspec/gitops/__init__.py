"""gitops: Git ↔ specs, locks and rendered trees. What a change does to the cluster, from Git alone;
what a lock says; promotions as commits.

It knows Git and manifests, and no target: words about a kind come from the target that emits it.
"""
