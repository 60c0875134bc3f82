"""The yearly member pack: how much of a year's portfolio is screened and what the marker says, band by band."""

from jwp.grants.pack.content import Pack, pack_of
from jwp.grants.pack.pdf import as_pdf

__all__ = ["Pack", "as_pdf", "pack_of"]
