"""Use cases, one verb each; the only place that opens a transaction."""
