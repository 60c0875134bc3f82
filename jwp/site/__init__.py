"""The public site. Reads, never writes."""
