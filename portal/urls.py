"""Every address of the portal."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path

from portal.pages.setup import nobody_yet, setup


def front(request: HttpRequest) -> HttpResponse:
    """To the home page; in an empty portal to its set-up."""
    return redirect("setup" if nobody_yet() else "admin:index")


def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


urlpatterns = [
    path("", front, name="root"),
    path("robots.txt", robots, name="robots"),
    path("setup/", setup, name="setup"),
    path("admin/", admin.site.urls),
    path("", include("prompts.serving.urls")),
]

handler403 = "portal.pages.errors.forbidden"
handler404 = "portal.pages.errors.not_found"
