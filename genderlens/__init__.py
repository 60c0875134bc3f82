"""The measuring library: how differently women and men live in and use a city, with errors, at any size.

`surveys` estimates from samples, `access` measures what can be reached on streets and by public transport. Tables in,
tables out: no clock, no network access, no printing, and nothing of `jwp`, so that a notebook can use it alone.
"""
