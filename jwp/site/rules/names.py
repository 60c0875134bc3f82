"""The public site names units, never persons, whatever somebody wrote into a reason."""

import re
from collections.abc import Callable, Iterable

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\w)@\w[\w.-]*")


def withhold(names: Iterable[str], instead: str) -> Callable[[str], str]:
    """A function that puts `instead` in the place of every known name, e-mail address and @mention.

    A name is found whole, as it is kept; one of a single word only as it is written: "Will" is a word too.

    >>> told = withhold(["Ana Perez", "Will"], "[name withheld]")
    >>> told("ANA PEREZ will ask Will (will@example.org).")
    '[name withheld] will ask [name withheld] ([name withheld]).'
    """
    kept = sorted({" ".join(name.split()) for name in names} - {""}, key=len, reverse=True)
    patterns = [ADDRESS]
    for whole, flags in ((True, re.IGNORECASE), (False, re.NOFLAG)):
        chosen = [re.escape(name).replace(r"\ ", r"\s+") for name in kept if (" " in name) is whole]
        if chosen:
            patterns.append(re.compile(rf"(?<!\w)(?:{'|'.join(chosen)})(?!\w)", flags))

    def without(text: str) -> str:
        for pattern in patterns:
            text = pattern.sub(lambda _found: instead, text)
        return text

    return without
