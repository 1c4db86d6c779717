"""Real servers for the tests: the system's own where it has them, else those inside wheels."""
