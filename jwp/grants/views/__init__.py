"""The pages of what we fund; HTTP only."""
