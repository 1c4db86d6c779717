"""Running templates that this program did not write: what they may see, do and cost."""
