"""The school's calendar: what goes out by itself, and what became of each date."""
