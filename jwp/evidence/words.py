"""What the rules of this room say, being pure: written down here only for those who translate."""

from django.utils.translation import gettext_noop

# Why the measuring library leaves a column out, which says so in English.
LEFT_OUT = (
    gettext_noop("a name"), gettext_noop("a telephone"), gettext_noop("an address for letters"),
    gettext_noop("a place on the map"), gettext_noop("an address"), gettext_noop("a number that names a person"),
    gettext_noop("written by the form itself"), gettext_noop("nobody answered"), gettext_noop("dates"),
    gettext_noop("a telephone, or a number that names a person"), gettext_noop("text people wrote"),
    gettext_noop("a number that names each row"), gettext_noop("part of the design of a sample"),
)  # fmt: skip
OBSTACLES = (
    gettext_noop("needs a reason"), gettext_noop("needs a city"),
    gettext_noop("needs the measuring library on this server"),
    gettext_noop("needs small groups hidden by the report"),
    gettext_noop("only secretariat may upload"), gettext_noop("only secretariat may start"),
    gettext_noop("only secretariat may withdraw"), gettext_noop("only gender team or director may publish"),
    gettext_noop("only gender team or director may withdraw"),
    gettext_noop("only secretariat may confirm"), gettext_noop("only secretariat may set aside"),
    gettext_noop("only secretariat may take up again"),
    gettext_noop("only secretariat or focal point may record"),
    gettext_noop("cannot confirm what is confirmed"), gettext_noop("cannot confirm what is set aside"),
    gettext_noop("cannot set aside what is set aside"),
    gettext_noop("cannot take up again what is told"), gettext_noop("cannot take up again what is confirmed"),
)  # fmt: skip
