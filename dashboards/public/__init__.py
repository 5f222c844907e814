"""The pages that everybody may open: landing, signing in, joining, invitations, one's own account."""

from dashboards.public import account, entering, invitation, joining, landing, languages, outbox, resetting, workspaces
from dashboards.public.pages import pages

__all__ = ["account", "entering", "invitation", "joining", "landing", "languages", "outbox", "pages", "resetting", "workspaces"]
