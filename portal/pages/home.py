"""The home page of each role: what waits, what burns, what to do next."""

from django.http import HttpRequest, HttpResponse

from portal.pages.base import Page, render_page


def home(request: HttpRequest) -> HttpResponse:
    """Greets, and shows the work."""
    return render_page(request, "portal/home.html", {}, title="Home", crumbs=[("Home", None)])


HOME = Page("", home, "index")
