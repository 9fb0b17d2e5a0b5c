from cms.accounts.actions.resets import note_reset
from cms.accounts.actions.roles import assign_role, grant_page_permissions
from cms.accounts.actions.tokens import authenticate_token, issue_token, revoke_token

__all__ = [
    "assign_role",
    "authenticate_token",
    "grant_page_permissions",
    "issue_token",
    "note_reset",
    "revoke_token",
]
