from django.urls import path

from jwp.evidence.views import documents, products

app_name = "evidence"
urlpatterns = [
    path("", documents.documents, name="documents"),
    path("new/", documents.new_document, name="new_document"),
    path("files/<slug:sha256>/", documents.file, name="file"),
    path("sources/", documents.sources, name="sources"),
    path("sources/new/", documents.source, name="new_source"),
    path("sources/<ref:ref>/", documents.source, name="source"),
    path("events/", documents.events, name="events"),
    path("events/new/", documents.event, name="new_event"),
    path("events/<ref:ref>/", documents.event, name="event"),
    path("products/", products.products, name="products"),
    path("products/new/", products.edit_product, name="new_product"),
    path("products/uses/", products.uses, name="uses"),
    path("products/uses/<ref:ref>/", products.use, name="use"),
    path("products/<ref:ref>/", products.product, name="product"),
    path("products/<ref:ref>/change/", products.edit_product, name="change_product"),
    path("products/<ref:ref>/use/", products.record_use, name="record_use"),
    path("<ref:ref>/", documents.document, name="document"),
    path("<ref:ref>/change/", documents.change_document, name="change_document"),
    path("<ref:ref>/new-version/", documents.new_version, name="new_version"),
    path("<ref:ref>/approval/", documents.approve, name="approve"),
]
