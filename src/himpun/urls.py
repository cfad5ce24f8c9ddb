"""All addresses: the pages and the API."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("himpun.api.urls")),
    path("", include("himpun.web.urls")),
]

handler500 = "himpun.web.views.trouble.failed"
