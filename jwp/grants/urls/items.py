from django.urls import path

from jwp.grants.views import agreement, items, reports, statement

urlpatterns = [
    path("items/", items.item_list, name="items"),
    path("items/new/<slug:kind>/", items.new_item, name="new_item"),
    path("items/<ref:ref>/", items.item_page, name="item"),
    path("items/<ref:ref>/change/", items.change_item, name="change_item"),
    path("items/<ref:ref>/step/", items.step_item, name="step_item"),
    path("items/<ref:ref>/sign/", items.sign_item, name="sign_item"),
    path("items/<ref:ref>/parts/", items.parts, name="parts"),
    path("items/<ref:ref>/link/", items.link, name="item_link"),
    path("items/<ref:ref>/amend/<slug:kind>/", agreement.amend, name="amend"),
    path("items/<ref:ref>/tranches/", agreement.tranches, name="tranches"),
    path("items/<ref:ref>/conditions/new/", agreement.new_condition, name="new_condition"),
    path("items/<ref:ref>/payments/new/", agreement.new_transaction, name="new_transaction"),
    path("items/<ref:ref>/investments/new/", agreement.new_investment, name="new_investment"),
    path("items/<ref:ref>/reports/schedule/", reports.schedule, name="schedule"),
    path("items/<ref:ref>/reports/new/", reports.new_report, name="new_progress"),
    path("tranches/<ref:ref>/", agreement.tranche, name="tranche"),
    path("conditions/<ref:ref>/", agreement.condition, name="condition"),
    path("investments/<ref:ref>/", agreement.investment, name="investment"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/<ref:ref>/", reports.progress, name="progress"),
    path("reports/<ref:ref>/step/", reports.step_report, name="step_progress"),
    path("statements/", statement.statement_list, name="statements"),
    path("statements/check/", statement.check_statement, name="check_statement"),
    path("statements/apply/", statement.apply_statement, name="apply_statement"),
    path("statements/<ref:ref>/", statement.statement, name="statement"),
    path("transactions/<ref:ref>/match/", statement.match, name="match"),
    path("money/", statement.money, name="money"),
]
