"""Verbs: what people do with programmes, calls, applications and items; each through the door."""
