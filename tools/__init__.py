"""What the build needs and the program does not."""
