"""Local platforms that speak the real wire protocols and show what parents would see; for trying
out and for tests.
"""
