"""Verbs that write plans: `plan` (its life), `promise` (its targets' changes), `round` (its dates), `report`."""
