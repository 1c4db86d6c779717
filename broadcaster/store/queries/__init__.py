"""Sets in, sets out: one query a function, in SQL that both databases speak."""
