from cms.accounts.models.roles import Role
from cms.accounts.models.tokens import ApiToken, Scope
from cms.accounts.models.tries import ResetRequest, ResetTry
from cms.accounts.models.users import User

__all__ = ["ApiToken", "ResetRequest", "ResetTry", "Role", "Scope", "User"]
