"""People's screens and public pages."""
