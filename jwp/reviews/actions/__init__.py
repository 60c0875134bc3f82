"""Verbs that write reviews: `engagement`, its shared `link`, the `answers` to it, the `finding` chain."""
