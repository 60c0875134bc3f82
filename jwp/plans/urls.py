from django.urls import path

from jwp.plans.views import budget, contributions, funds, rates

app_name = "plans"
urlpatterns = [
    path("", funds.home, name="money"),
    path("new-fund/", funds.new, name="new_fund"),
    path("fund/<ref:ref>/", funds.page, name="fund"),
    path("fund/<ref:ref>/change/", funds.change, name="change_fund"),
    path("contributions/", contributions.listing, name="contributions"),
    path("new-contribution/", contributions.new, name="new_contribution"),
    path("contribution/<ref:ref>/", contributions.page, name="contribution"),
    path("contribution/<ref:ref>/change/", contributions.change, name="change_contribution"),
    path("contribution/<ref:ref>/withdraw/", contributions.withdraw, name="withdraw_contribution"),
    path("rates/", rates.listing, name="rates"),
    path("new-rates/", rates.new, name="new_rates"),
    path("rate/<ref:ref>/", rates.change, name="rate"),
    path("new-work-plan/", budget.new, name="new_work_plan"),
    path("budget/<ref:ref>/", budget.page, name="budget"),
    path("budget/<ref:ref>/change/", budget.change, name="change_budget"),
]
