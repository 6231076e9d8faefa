"""A second answer for every audience: plain sets and loops, written from the spec and not from the SQL."""
