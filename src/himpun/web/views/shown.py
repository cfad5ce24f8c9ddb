"""How pages hand out pictures."""

from django.http import HttpResponse


def picture(svg: bytes | str) -> HttpResponse:
    """An SVG of ours: cached a little, and nothing in it may run or load."""
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=300"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response
