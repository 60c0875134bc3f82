"""Screening pages' own reads: the list of what is screened, and one worksheet beside the proposal it reads."""
