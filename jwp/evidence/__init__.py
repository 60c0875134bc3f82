"""What we know: documents, sources, events, approvals, and the files they are kept in."""
