"""The shared grammar: periods, workflow, the one door for writes, the journal, access."""
