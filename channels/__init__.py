"""Adapters, one platform each; they know the contract and their own library, nothing else."""
