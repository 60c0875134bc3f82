"""`jwp reply`: what a mail server calls with a letter that was answered."""

from __future__ import annotations

import sys
from argparse import Namespace

from jwp.cli import Wrong
from jwp.core.door import Refused
from jwp.desk.clock import today_here
from jwp.desk.replies import LIMIT, take


def reply(typed: Namespace) -> int:
    try:
        answer = take(sys.stdin.buffer.read(LIMIT + 1), today_here())
    except Refused as refused:
        raise Wrong(" ".join(refused.reasons)) from refused
    print(answer.said)
    return 0
