from django.urls import path

from jwp.grants.views import portfolio

urlpatterns = [
    path("", portfolio.portfolio_page, name="portfolio"),
]
