"""Who may open which page. A view says it once, above itself; a view that says nothing fails the build.

Roles come from dated seats and offices (`jwp.partners.access`) and reach this room as an argument: the actor.
Rows are another matter: each room's own `access.py` says which rows an actor may see, and `visible_or_404`
is how a view gets one, so that strangers cannot tell a hidden row from an absent one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

if TYPE_CHECKING:
    from jwp.core.models import Partnership, User

DIRECTOR, GENDER_TEAM, STAFF, ADMINISTRATOR = "director", "gender team", "staff", "administrator"
CHAIR, BOARD, FOCAL_POINT, AUDITOR = "chair", "board", "focal point", "auditor"
ROLES = (DIRECTOR, GENDER_TEAM, STAFF, ADMINISTRATOR, CHAIR, BOARD, FOCAL_POINT, AUDITOR)
# Those who work inside the secretariat, and those who see all that the secretariat sees.
SECRETARIAT = (DIRECTOR, GENDER_TEAM, STAFF, ADMINISTRATOR)
INSIDERS = (*SECRETARIAT, CHAIR, BOARD, AUDITOR)

ANYONE, SIGNED_IN, LINK = "anyone", "signed in", "link holder"


@dataclass(frozen=True)
class Actor:
    """Who asks, with the roles their seats give them today. `via` says how they came in."""

    today: date
    roles: frozenset[str] = frozenset()
    user_id: int | None = None
    person_id: int | None = None
    ref: str = ""
    name: str = ""
    # Offices held today, in one's own right, acting, or as the delegate of somebody on leave.
    offices: frozenset[int] = field(default_factory=frozenset)
    via: str = "sign-in"

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


def system(today: date) -> Actor:
    """The actor of a command typed at the server: whoever can type it already holds the data folder."""
    return Actor(today, frozenset({ADMINISTRATOR}), ref="system", name="system", via="command")


class ActorRequest(HttpRequest):
    """A request after `ActorMiddleware`: `actor` is None for a stranger."""

    actor: Actor | None
    today: date
    partnership: Partnership | None
    user: User


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def open_to(*policy: str) -> Callable[[View], View]:
    """The view's row in the permission table: ANYONE, SIGNED_IN, LINK, or the roles that may open it.

    Signed out: the sign-in page, before any look-up. Signed in without the role: 404.
    """
    unknown = set(policy) - {ANYONE, SIGNED_IN, LINK, *ROLES}
    if unknown or not policy:
        raise ValueError(f"not a policy: {sorted(unknown) or 'nothing'}")

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not {ANYONE, LINK} & set(policy):
                if request.actor is None:
                    return HttpResponseRedirect(
                        f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}"
                    )
                if SIGNED_IN not in policy and not request.actor.has(*policy):
                    raise Http404
            return view(request, *args, **kwargs)

        guarded.policy = policy  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return wrap


def acting(request: HttpRequest) -> Actor:
    """The actor of a view that only signed-in people reach."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise Http404
    return actor


Row = TypeVar("Row", bound=Model)


def visible_or_404(rows: QuerySet[Row], ref: str) -> Row:
    """The row of this ref among those this person may see. Hidden and absent look the same."""
    row = rows.filter(ref=ref).first()
    if row is None:
        raise Http404
    return row
