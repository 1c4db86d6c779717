"""Broadcaster: one announcement reaches every family, and the school can prove it."""
