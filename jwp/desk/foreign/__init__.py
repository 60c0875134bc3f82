"""Somebody's own table becomes a plan: `reading` it, guessing its `columns`, understanding its `promises`, `bringing` it in."""
