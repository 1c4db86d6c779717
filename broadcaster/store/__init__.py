"""What is kept: Django models without branching, and queries that take and give sets."""
