"""Adapters, one platform each; they know `broadcaster.contract` and their own library, nothing else."""
