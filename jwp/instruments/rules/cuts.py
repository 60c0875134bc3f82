"""The functions a cut may name. YAML names one of them and never holds an expression."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

UNDECIDED = "undecided"


def gam_roll_up(key: Sequence[str], codes: Mapping[str, str]) -> str:
    """Three or four key measures that share a code give it; two or more at 0 give 0. The rest no source decides.

    >>> gam_roll_up("ADGJ", {"A": "3", "D": "3", "G": "3", "J": "1"})
    '3'
    >>> gam_roll_up("ADGJ", {"A": "0", "D": "0", "G": "4", "J": "3"})
    '0'
    >>> gam_roll_up("ADGJ", {"A": "4", "D": "4", "G": "3", "J": "3"})
    'undecided'
    """
    times = Counter(codes[item] for item in key)
    code, most = times.most_common(1)[0]
    if most >= 3:
        return code
    return "0" if times["0"] >= 2 else UNDECIDED


def all_of(key: Sequence[str], codes: Mapping[str, str]) -> str:
    """Yes where every key item is yes.

    >>> all_of(["plan", "data"], {"plan": "yes", "data": "no"})
    'no'
    """
    return "yes" if all(codes[item] == "yes" for item in key) else "no"


CUTS: Mapping[str, Callable[[Sequence[str], Mapping[str, str]], str]] = {
    "gam-roll-up": gam_roll_up,
    "all-of": all_of,
}
