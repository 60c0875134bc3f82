"""The measuring library: survey estimates, access to care and aid markers, tables in and tables out.

Nothing is in it yet. It will know nothing of `jwp`, so that a notebook can use it alone.
"""
