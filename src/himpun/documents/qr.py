"""QR codes as SVG text, for documents and pages."""

import io

import segno


def qr_svg(text: str) -> str:
    """The QR code of `text` as SVG with its quiet zone, error correction M; the same text gives the same SVG."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False, boost_error=False).save(
        out,
        kind="svg",
        border=4,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        dark="#000",
        light="#fff",
        omitsize=True,
    )
    return out.getvalue().decode()
