"""Accounts and roles in the admin: an address is optional, roles are said in words."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import PasswordResetForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views import groups, users

from cms.accounts.actions import ask_reset
from cms.accounts.forms import AddressFormField
from cms.accounts.models import User
from cms.accounts.models.roles import role_label
from cms.core import clock, registry
from cms.core.client import client_network


class RolesField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return role_label(obj.name)


class _AccountFields(forms.Form):
    email = AddressFormField(
        label=_("E-mail"),
        required=False,
        empty_value=None,
        help_text=_("May be left empty: the user name is enough to sign in."),
    )
    groups = RolesField(label=_("Roles"), queryset=Group.objects.all(), required=False)


class AccountCreationForm(_AccountFields, UserCreationForm):
    class Meta(UserCreationForm.Meta):
        pass


class AccountEditForm(_AccountFields, UserEditForm):
    class Meta(UserEditForm.Meta):
        pass


class ResetForm(PasswordResetForm):
    """Notes that a new password was asked for, a few times an hour; the outbox sends the mail, if there is one."""

    def save(self, *args: Any, request: Any = None, **kwargs: Any) -> None:
        network = client_network(request) if request is not None else ""
        ask_reset(email=self.cleaned_data["email"], network=network, now=clock.now())
        for ring in registry.mail_bells:
            ring()


def roles_of(user: User) -> str:
    """The roles of an account, in words. Prefetch `groups` for lists."""
    return ", ".join(role_label(group.name) for group in user.groups.all())


class AccountIndexView(users.IndexView):
    @cached_property
    def columns(self) -> list[Any]:
        roles = Column("roles", accessor=roles_of, label=_("Roles"))
        return [roles if column.name == "is_superuser" else column for column in super().columns]

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().prefetch_related("groups")


class AccountViewSet(users.UserViewSet):
    menu_label = _("Accounts")
    index_view_class = AccountIndexView

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return AccountEditForm if for_update else AccountCreationForm


class RoleIndexView(groups.IndexView):
    page_title = _("Roles")
    columns = [
        TitleColumn(
            "name",
            label=_("Name"),
            accessor=lambda group: role_label(group.name),
            sort_key="name",
            url_name="wagtailusers_groups:edit",
        )
    ]


class RoleViewSet(groups.GroupViewSet):
    menu_label = _("Roles")
    index_view_class = RoleIndexView
