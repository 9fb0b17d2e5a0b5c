from cms.accounts.actions.roles import assign_role, grant_page_permissions
from cms.accounts.actions.tokens import authenticate_token, issue_token, revoke_token

__all__ = ["assign_role", "authenticate_token", "grant_page_permissions", "issue_token", "revoke_token"]
