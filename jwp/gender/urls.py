from django.urls import URLPattern

app_name = "gender"
urlpatterns: list[URLPattern] = []
