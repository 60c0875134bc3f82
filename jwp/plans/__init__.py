"""What we promise: strategy periods, plans, targets, actions, and the rounds that ask after them."""
