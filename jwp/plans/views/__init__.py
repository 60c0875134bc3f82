"""The pages of money: funds, contributions, rates and the budgets of work plans."""
