"""What may leave the house: figures from which nobody can be made out, texts that name nobody."""

from jwp.site.rules.disclosure import SMALLEST_SHOWN, Table, held_back, open_sexes
from jwp.site.rules.names import withhold

__all__ = ["SMALLEST_SHOWN", "Table", "held_back", "open_sexes", "withhold"]
