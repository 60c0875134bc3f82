"""Programmes, calls, applications, funded items, the gate, money and reports: one file a noun's family."""

from jwp.grants.models.application import (
    Application,
    Attachment,
    Check,
    CoApplicant,
    DonorComment,
    PanelReview,
    Sponsor,
)
from jwp.grants.models.call import Call, CallCountry, Criterion, PanelMember
from jwp.grants.models.gate import Condition, GatePolicy, Override
from jwp.grants.models.item import Amendment, FundedItem, ItemPlace, Part
from jwp.grants.models.money import Statement, Tranche, Transaction
from jwp.grants.models.programme import MemberProgramme, Output, Phase, Programme, ProgrammeMember, ProgrammePlace
from jwp.grants.models.report import Investment, ProgressReport

__all__ = [
    "Amendment", "Application", "Attachment", "Call", "CallCountry", "Check", "CoApplicant", "Condition",
    "Criterion", "DonorComment", "FundedItem", "GatePolicy", "Investment", "ItemPlace", "MemberProgramme", "Output",
    "Override", "PanelMember", "PanelReview", "Part", "Phase", "Programme", "ProgrammeMember", "ProgrammePlace",
    "ProgressReport", "Sponsor", "Statement", "Tranche", "Transaction",
]  # fmt: skip
