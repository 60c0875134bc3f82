"""Estimates from sample surveys, with the errors that the design of the survey gives them."""
