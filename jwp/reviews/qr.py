"""A QR code as one SVG path: for a screen or a workshop wall."""

from __future__ import annotations

import qrcode
from django.utils.safestring import SafeString, mark_safe


def svg(text: str) -> SafeString:
    code = qrcode.QRCode(border=4, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(text)
    squares = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(squares) for x, dark in enumerate(row) if dark)
    side = len(squares)
    look = 'width="420" height="420" class="img-fluid" shape-rendering="crispEdges"'
    return mark_safe(
        f'<svg viewBox="0 0 {side} {side}" {look} role="img" aria-label="QR code">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )
