from cms.accounts.actions.resets import ask_reset, note_reset, take_resets
from cms.accounts.actions.roles import assign_role, grant_page_permissions
from cms.accounts.actions.tokens import authenticate_token, issue_token, revoke_token

__all__ = [
    "ask_reset",
    "assign_role",
    "authenticate_token",
    "grant_page_permissions",
    "issue_token",
    "note_reset",
    "revoke_token",
    "take_resets",
]
