from django.urls import path

from jwp.site import cities, products, programmes, views

urlpatterns = [
    path("", views.home, name="public_home"),
    path("how-to-read/", views.how_to_read, name="public_how_to_read"),
    path("gender-action-plan/", views.plan, name="public_plan"),
    path("gender-action-plan/<ref:ref>/", views.plan, name="public_plan"),
    path("gender-action-plan/<ref:ref>/data.csv", views.data_csv, name="public_data_csv"),
    path("gender-action-plan/<ref:ref>/data.json", views.data_json, name="public_data_json"),
    path("gender-action-plan/<ref:ref>/<ref:target>/", views.target, name="public_target"),
    path("programmes/", programmes.programmes, name="public_programmes"),
    path("programmes/<ref:ref>/", programmes.programme, name="public_programme"),
    path("cities/", cities.index, name="public_cities"),
    path("cities/<ref:ref>/", cities.city, name="public_city"),
    path("cities/<ref:ref>/figures.csv", cities.city_csv, name="public_city_csv"),
    path("cities/<ref:ref>/figures.json", cities.city_json, name="public_city_json"),
    path("products/", products.products, name="public_products"),
    path("products/<ref:ref>/", products.product, name="public_product"),
    path("products/<ref:ref>/download/", products.download, name="public_download"),
    path("products/<ref:ref>/used/", products.used, name="public_used"),
]
