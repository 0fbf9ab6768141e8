"""How Unfold looks here: names, the seal, and the colours of the design."""

from typing import Any

from django.templatetags.static import static

BASE = {
    "50": "#f7f6f3",
    "100": "#efeeea",
    "200": "#e6e3dc",
    "300": "#c9c5bb",
    "400": "#a9aeb8",
    "500": "#6a6e77",
    "600": "#585c65",
    "700": "#474e5a",
    "800": "#2a2f38",
    "900": "#15181e",
    "950": "#101318",
}
"""Greys from paper to night; the steps that Unfold uses for text keep 4.5:1 on their ground."""

INK = {
    "50": "#eef2fa",
    "100": "#dde6f6",
    "200": "#c3dbf8",
    "300": "#a3bdf5",
    "400": "#a3bdf5",
    "500": "#86a6ea",
    "600": "#1f3d7a",
    "700": "#162d5c",
    "800": "#1f3d7a",
    "900": "#1b2540",
    "950": "#121a2e",
}
"""Ink blue, the colour of action."""

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Imprimatur",
    "SITE_HEADER": "Imprimatur",
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "base": BASE,
        "primary": INK,
        "font": {
            "subtle-light": "#585c65",
            "subtle-dark": "#a9aeb8",
            "default-light": "#1c1f26",
            "default-dark": "#e9e7e2",
            "important-light": "#1c1f26",
            "important-dark": "#ffffff",
        },
    },
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("imprimatur/seal.svg")}
    ],
    "STYLES": [
        lambda request: static("imprimatur/portal.css"),
        lambda request: static("imprimatur/stock.css"),
    ],
    "SCRIPTS": [lambda request: static("imprimatur/portal.js")],
}
