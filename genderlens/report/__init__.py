"""A run told to people: plain sentences, tables, dots with intervals, maps; the same in HTML and PDF."""
