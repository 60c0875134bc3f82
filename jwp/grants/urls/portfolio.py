from django.urls import path

from jwp.grants.views import pack, portfolio

urlpatterns = [
    path("", portfolio.portfolio_page, name="portfolio"),
    path("map.svg", portfolio.portfolio_map, name="map"),
    path("pack/", pack.latest_pack, name="latest_pack"),
    path("pack/<int:year>/", pack.pack, name="pack"),
    path("pack/<int:year>/pack.pdf", pack.pack_pdf, name="pack_pdf"),
    path("pack/<int:year>/pack.csv", pack.pack_csv, name="pack_csv"),
]
