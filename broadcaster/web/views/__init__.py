"""Screens: one file a noun. A view reads the request, calls a service, and shows what it said."""
