"""Somebody's own table becomes a plan: `reading` it, its `columns`, its `promises`, `bringing` it in."""
