"""A registered model, served on this machine as the cluster serves it.

The cluster runs MLServer behind Seldon's executor and a gateway; here it is the same MLServer
(`mlserver.py`), a process a version, and `router.py` does the work of the other two.
"""
