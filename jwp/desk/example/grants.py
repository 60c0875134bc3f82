"""What the partnership funds, and with what money: written into one diary, told in the order of its days."""

from __future__ import annotations

from jwp.desk.example import grants_calls, grants_items, grants_programmes, money
from jwp.desk.example.diary import Diary


def write(diary: Diary) -> None:
    grants_programmes.told_places(diary)
    money.told_money(diary)
    grants_programmes.told_programmes(diary)
    grants_calls.told_calls(diary)
    grants_items.told_items(diary)
