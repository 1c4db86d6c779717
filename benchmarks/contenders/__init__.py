"""One program each, with a function `run` that takes keywords and returns figures."""
