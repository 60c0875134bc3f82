"""The IATI format: a streaming reader, a writer and a checker.

Nothing is in it yet. It will be pure and know nothing of `jwp`; `jwp.iati` and `genderlens` will use it.
"""
