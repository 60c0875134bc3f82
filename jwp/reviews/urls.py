from django.urls import path

from jwp.reviews.views import chain, engagement

app_name = "reviews"
urlpatterns = [
    path("", chain.home, name="home"),
    path("new/", engagement.engagement_new, name="engagement_new"),
    path("engagement/<ref:ref>/", engagement.engagement, name="engagement"),
    path("engagement/<ref:ref>/change/", engagement.engagement_edit, name="engagement_edit"),
    path("engagement/<ref:ref>/link/", engagement.link_open, name="link_open"),
    path("engagement/<ref:ref>/link/close/", engagement.link_close, name="link_close"),
    path("engagement/<ref:ref>/link/replace/", engagement.link_replace, name="link_replace"),
    path("engagement/<ref:ref>/poster/", engagement.poster, name="poster"),
    path("engagement/<ref:ref>/agreed/", engagement.agreed, name="agreed"),
    path("engagement/<ref:ref>/forms/", engagement.forms, name="forms"),
    path("engagement/<ref:ref>/results.csv", engagement.results_csv, name="results_csv"),
    path("plan/<ref:plan>/assessment/", chain.assessment_new, name="assessment_new"),
    path("plan/<ref:plan>/finding/", chain.finding_new, name="finding_new"),
    path("assessment/<ref:ref>/change/", chain.assessment_edit, name="assessment_edit"),
    path("finding/<ref:ref>/change/", chain.finding_edit, name="finding_edit"),
    path("finding/<ref:ref>/recommendation/", chain.recommendation_new, name="recommendation_new"),
    path("recommendation/<ref:ref>/change/", chain.recommendation_edit, name="recommendation_edit"),
    path("recommendation/<ref:ref>/respond/", chain.respond, name="respond"),
]
