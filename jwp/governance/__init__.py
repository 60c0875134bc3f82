"""Bodies meet and decide; a decision adopts or revises a plan."""
