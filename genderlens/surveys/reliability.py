"""When a figure is good enough to be read, as data: thresholds with where they come from."""

from __future__ import annotations

from dataclasses import dataclass

SUPPRESSED = "suppressed"
UNRELIABLE = "unreliable"
CARE = "use with care"
SILENT = "no answers"
ASKED = "only those asked"


@dataclass(frozen=True, slots=True)
class Reliability:
    """A rule for flags, the strictest first.

    - `suppressed`: fewer than `hide` answers; neither estimate nor error is given.
    - `unreliable`: fewer than `n` answers or `df` degrees of freedom, a coefficient of variation above `high`, or no
      spread among the answers, from which no error can be learned.
    - `use with care`: a coefficient of variation above `low`.

    The coefficient of variation of a proportion is taken against the smaller of p and 1 − p, so that a share and its
    opposite are judged alike. A gap is judged by its smaller n and by df only: near zero a coefficient means nothing.
    """

    hide: int = 0
    n: int = 60
    df: int = 9
    low: float = 0.15
    high: float = 0.30
    source: str = (
        "n, df and CV: Instituto Nacional de Estadísticas (Chile), Estándar para la evaluación de la calidad de las "
        "estimaciones en encuestas de hogares, 2020. That proportions are judged by CV too: ours."
    )

    def flag(self, n: int, df: int | None, estimate: float, se: float, *, share: bool, gap: bool) -> str:
        if n == 0:
            return SILENT
        if n < self.hide:
            return SUPPRESSED
        if n < self.n or (df is not None and df < self.df) or not se > 0:
            return UNRELIABLE
        if gap:
            return ""
        size = min(estimate, 1 - estimate) if share else abs(estimate)
        if not size > 0 or se / size > self.high:
            return UNRELIABLE
        return CARE if se / size > self.low else ""
