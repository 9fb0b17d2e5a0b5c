from cms.accounts.models.roles import Role
from cms.accounts.models.tokens import ApiToken, Scope
from cms.accounts.models.users import User

__all__ = ["ApiToken", "Role", "Scope", "User"]
