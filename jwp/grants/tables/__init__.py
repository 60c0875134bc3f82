"""Lists and what they can be narrowed to, one file a noun."""
