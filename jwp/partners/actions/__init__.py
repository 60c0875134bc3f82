"""Everything that changes the register of people and organisations, through the door."""

from jwp.partners.actions.absences import end_absence, set_absence
from jwp.partners.actions.invitations import accept_invitation, invite, post_letter, revoke_links
from jwp.partners.actions.leaving import Handover, come_back, handover, leave
from jwp.partners.actions.people import add_person, change_own, change_person, erase_person
from jwp.partners.actions.register import add, change
from jwp.partners.actions.seats import change_seat, end_seat, give_seat

__all__ = [
    "Handover",
    "accept_invitation",
    "add",
    "add_person",
    "change",
    "change_own",
    "change_person",
    "change_seat",
    "come_back",
    "end_absence",
    "end_seat",
    "erase_person",
    "give_seat",
    "handover",
    "invite",
    "leave",
    "post_letter",
    "revoke_links",
    "set_absence",
]
