"""The pages of people, bodies and organisations; HTTP only."""
