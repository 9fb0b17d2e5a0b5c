"""Who may do what with pages: the part of a role that hangs on rows of the page tree."""

from collections.abc import Mapping

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Model
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from cms.accounts.models import Role, User

PAGE_PERMISSIONS: Mapping[Role, tuple[str, ...]] = {
    Role.AUTHOR: ("add_page",),
    Role.OFFICER: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
    Role.EDITOR: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
    Role.ADMIN: ("add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page"),
}
COLLECTION_VERBS: Mapping[Role, tuple[str, ...]] = {
    Role.AUTHOR: ("add", "choose"),
    Role.OFFICER: ("add", "change", "delete", "choose"),
    Role.EDITOR: ("add", "change", "choose"),
    Role.PROTOCOL: ("choose",),
    Role.ADMIN: ("add", "change", "delete", "choose"),
}


@transaction.atomic
def grant_page_permissions(root_page: Page) -> None:
    """Give each role its page and collection permissions, from `root_page` down; repeat at will."""
    permissions = {p.codename: p for p in Permission.objects.filter(content_type__app_label="wagtailcore")}
    groups = {g.name: g for g in Group.objects.filter(name__in=Role.values)}
    for role, codenames in PAGE_PERMISSIONS.items():
        for codename in codenames:
            GroupPagePermission.objects.get_or_create(
                group=groups[role.value], page=root_page, permission=permissions[codename]
            )
    _grant_collection_permissions(groups)


def _grant_collection_permissions(groups: Mapping[str, Group]) -> None:
    """On the root collection, for whichever models keep their rows in collections (Wagtail asks by model)."""
    root = Collection.get_first_root_node()
    models = [m for m in _collection_models() if root is not None]
    for role, verbs in COLLECTION_VERBS.items():
        for model in models:
            codenames = [f"{verb}_{model._meta.model_name}" for verb in verbs]
            for permission in Permission.objects.filter(
                content_type__app_label=model._meta.app_label, codename__in=codenames
            ):
                GroupCollectionPermission.objects.get_or_create(
                    group=groups[role.value], collection=root, permission=permission
                )


def _collection_models() -> list[type[Model]]:
    # Wagtail asks for the permissions of its own models, whichever models the site puts in their place
    from wagtail.documents.models import Document
    from wagtail.images.models import Image
    from wagtailmedia.models import Media

    return [Image, Document, Media]


def assign_role(user: User, role: Role | str) -> None:
    """Put an account in the group of a role; an administrator is a superuser too, as Wagtail expects."""
    role = Role(role)
    user.groups.add(Group.objects.get(name=role.value))
    if role is Role.ADMIN and not user.is_superuser:
        user.is_superuser = user.is_staff = True
        user.save(update_fields=["is_superuser", "is_staff"])
