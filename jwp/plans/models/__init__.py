"""Plans and their targets, the rounds that monitor them, the reports those rounds receive, and the money behind.

What the date decides (open, due, late) is never a column here: `rules.standing` computes it.
"""

from __future__ import annotations

from jwp.plans.models.money import BudgetLine, Contribution, Fund, Rate
from jwp.plans.models.plan import Objective, Plan, PriorityArea, Round
from jwp.plans.models.promise import Action, Comment, Revision, Target
from jwp.plans.models.report import Correction, Evidence, Report
from jwp.plans.models.strategy import BusinessLine, StrategyPeriod, Theme

__all__ = [
    "Action", "BudgetLine", "BusinessLine", "Comment", "Contribution", "Correction", "Evidence", "Fund", "Objective",
    "Plan", "PriorityArea", "Rate", "Report", "Revision", "Round", "StrategyPeriod", "Target", "Theme",
]  # fmt: skip
