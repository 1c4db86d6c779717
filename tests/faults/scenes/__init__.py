"""What is broken, a noun a file; every module here is found by itself."""
