"""Who is in an audience, how they are reached, and who must be left alone. Everything is one set in SQL."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Greatest

from cms.accounts.models import User
from cms.contacts.models import (
    Accreditation,
    AccreditationState,
    Audience,
    AudienceKind,
    AudienceMember,
    Consent,
    Contact,
    ContactEmail,
    ContactPhone,
    MediaProfile,
    Organisation,
    Preference,
    Purpose,
    Suppression,
)
from cms.contacts.validators import name_key, normalise_email, tidy
from cms.core import registry
from cms.core.models import Topic


def contacts() -> QuerySet[Contact]:
    """All contacts that were not put aside."""
    return Contact.objects.filter(trashed_at=None)


def matching(criteria: dict[str, list[str]]) -> QuerySet[Contact]:
    """The contacts that meet a saved query's conditions; no condition at all is nobody, never everybody."""
    conditions = Q()
    if languages := criteria.get("languages"):
        conditions &= Q(language__in=languages)
    if countries := criteria.get("countries"):
        conditions &= Q(country__in=countries)
    if kinds := criteria.get("contact_kinds"):
        conditions &= Q(kind__in=kinds)
    if organisations := criteria.get("organisation_kinds"):
        conditions &= Q(organisation__kind__in=organisations)
    if media := criteria.get("media_kinds"):
        conditions &= Q(media_profile__kind__in=media)
    if topics := criteria.get("topics"):
        tagged = Contact.topics.through.objects.filter(contact=OuterRef("pk"), topic__slug__in=topics)
        chosen = Preference.topics.through.objects.filter(
            preference__contact=OuterRef("pk"), topic__slug__in=topics
        )
        conditions &= Q(Exists(tagged)) | Q(Exists(chosen))
    if purposes := criteria.get("consents"):
        conditions &= Q(Exists(standing_consents().filter(contact=OuterRef("pk"), purpose__in=purposes)))
    if activities := criteria.get("activities"):
        conditions &= _active(activities)
    return contacts().filter(conditions) if conditions else contacts().none()


def _active(activities: list[str]) -> Q:
    """Contacts who did any of these ``key:code`` of `registry.contact_activities`; unknown ones are nobody."""
    found = Q(pk__in=[])
    for source in registry.contact_activities:
        codes = [code for key, _, code in (one.partition(":") for one in activities) if key == source.key]
        if codes:
            found |= Q(pk__in=source.contact_ids(codes))
    return found


def activity_choices() -> list[tuple[str, object]]:
    """What contacts may have done, as (``key:code``, words)."""
    return [
        (f"{source.key}:{code}", words)
        for source in registry.contact_activities
        for code, words in source.choices()
    ]


def standing_consents() -> QuerySet[Consent]:
    """Agreements that count: given, or confirmed by the owner of the address, and not taken back."""
    return Consent.objects.filter(given_at__isnull=False, withdrawn_at=None)


def consents_of(contact: Contact) -> QuerySet[Consent]:
    """All that a contact ever agreed to or refused, the newest first."""
    return (
        Consent.objects.filter(contact=contact)
        .select_related("recorded_by")
        .annotate(at=Greatest("requested_at", "given_at", "withdrawn_at"))
        .order_by("-at", "-pk")
    )


def agreed(purpose: str) -> Exists:
    """On a queryset of contacts: whether an agreement to `purpose` stands."""
    return Exists(standing_consents().filter(contact=OuterRef("pk"), purpose=purpose))


def declined(purpose: str) -> Q:
    """On a queryset of contacts: whether `purpose` was refused or taken back, and not agreed to since."""
    said_no = Consent.objects.filter(contact=OuterRef("pk"), purpose=purpose, withdrawn_at__isnull=False)
    return Q(Exists(said_no)) & ~Q(agreed(purpose))


def owner_of(address: str) -> Contact | None:
    """The contact whose card holds this address, put aside or not."""
    return Contact.objects.filter(emails__address=address).first()


def wished(contact: Contact) -> list[str]:
    """The purposes of mail that may go to a contact as things stand: newsletters agreed to, the rest not declined."""
    may = {
        "newsletter": agreed(Purpose.NEWSLETTER),
        "press": Case(When(declined(Purpose.PRESS), then=False), default=True),
        "invitations": Case(When(declined(Purpose.INVITATIONS), then=False), default=True),
    }
    named = {f"may_{purpose}": condition for purpose, condition in may.items()}
    row = Contact.objects.filter(pk=contact.pk).annotate(**named).values(*named).get()
    return [purpose for purpose in may if row[f"may_{purpose}"]]


def preference_of(contact: Contact) -> Preference | None:
    """What a contact chose to receive, if they ever did."""
    return Preference.objects.prefetch_related("topics").filter(contact=contact).first()


def topic_choices(language: str) -> list[tuple[str, str]]:
    """The topics as (French slug, name in `language`, else in French), by name."""
    names = dict(Topic.objects.filter(locale__language_code=language).values_list("translation_key", "name"))
    french = Topic.objects.filter(locale__language_code="fr").values_list("slug", "name", "translation_key")
    return sorted(
        ((slug, names.get(key, name)) for slug, name, key in french), key=lambda pair: name_key(pair[1])
    )


def topics_of(slugs: Iterable[str]) -> list[Topic]:
    """The topics of these French slugs."""
    return list(Topic.objects.filter(locale__language_code="fr", slug__in=list(slugs)))


def audience_contacts(audience: Audience) -> QuerySet[Contact]:
    """The contacts of an audience, each once, whether or not they have an address."""
    return contacts().filter(_belonging(audience))


def audience_as_drawn(
    audience: Audience, *, includes: Iterable[Audience] = (), excludes: Iterable[Audience] = ()
) -> QuerySet[Contact]:
    """The contacts of an audience as a form says it, with other kind, conditions and parts than those saved."""
    if audience.kind == AudienceKind.COMBINED:
        drawn = combined(includes, excludes)
    elif audience.kind == AudienceKind.QUERY:
        drawn = matching(audience.criteria)
    else:
        drawn = contacts().none()
    if not audience.pk:
        return drawn
    rows = AudienceMember.objects.filter(audience=audience, contact=OuterRef("pk"))
    wanted = Q(Exists(rows.filter(excluded=False))) | Q(pk__in=drawn.values("pk"))
    return contacts().filter(wanted & ~Q(Exists(rows.filter(excluded=True))))


def with_reach(queryset: QuerySet[Contact]) -> QuerySet[Contact]:
    """Annotate `address` and `number` (the first to use, or None) and `is_suppressed` (that address)."""
    emails = ContactEmail.objects.filter(contact=OuterRef("pk")).order_by("-is_primary", "pk")
    phones = ContactPhone.objects.filter(contact=OuterRef("pk")).order_by("-is_primary", "pk")
    return queryset.annotate(
        address=Subquery(emails.values("address")[:1]),
        number=Subquery(phones.values("number")[:1]),
    ).annotate(is_suppressed=Exists(Suppression.objects.filter(address=OuterRef("address"))))


@dataclass(frozen=True)
class Reach:
    """How many of an audience are reached, and by what. `total` is the sum of the other four."""

    total: int
    by_email: int
    suppressed: int
    by_telephone_only: int
    unreachable: int


def reach(queryset: QuerySet[Contact]) -> Reach:
    """Count an audience by means of contact, in one query."""
    withheld = Case(When(is_suppressed=True, then=Value("suppressed")), default=Value(""))
    return Reach(**counted(with_reach(queryset), withheld, reasons=("suppressed",)))


def counted(people: QuerySet[Contact], withheld: Case, *, reasons: Iterable[str]) -> dict[str, int]:
    """Count `people` (`with_reach`) by what reaches them, as the fields of a Reach; `withheld` is empty or a reason.

    Grouped, not filtered: a filter for each figure would look each address up again for each of them.
    """
    means = Case(
        When(address=None, number=None, then=Value("unreachable")),
        When(address=None, then=Value("by_telephone_only")),
        default=withheld,
        output_field=CharField(),
    )
    found = people.order_by().annotate(means=means).values_list("means").annotate(people=Count("pk"))
    counts = dict.fromkeys(("by_email", "by_telephone_only", "unreachable", *reasons), 0)
    counts |= {name or "by_email": number for name, number in found}
    return {"total": sum(counts.values()), **counts}


def suppressed(address: str) -> bool:
    """Whether nothing but owed mail may go to this address; one that is no address is suppressed too."""
    try:
        normal = normalise_email(address)
    except ValidationError:
        return True
    return Suppression.objects.filter(address=normal).exists()


def standing_accreditations(now: datetime) -> QuerySet[Accreditation]:
    """The accreditations in force at `now`."""
    return Accreditation.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=now),
        Q(valid_until=None) | Q(valid_until__gt=now),
        state=AccreditationState.GRANTED,
    )


def accredited_contacts(now: datetime, *, scope_uid: UUID | None = None) -> QuerySet[Contact]:
    """The journalists accredited in general, or to the thing named by `scope_uid`."""
    rows = standing_accreditations(now).filter(contact=OuterRef("pk"), scope_uid=scope_uid)
    return contacts().filter(Exists(rows))


def contact_of(user: User, *, now: datetime) -> Contact | None:
    """The card of an account, with `is_accredited` (in general, at `now`); None without one."""
    contact = contacts().filter(account=user).first()
    if contact is not None:
        contact.is_accredited = standing_accreditations(now).filter(contact=contact, scope_uid=None).exists()
    return contact


def audiences() -> QuerySet[Audience]:
    """All audiences that were not put aside."""
    return Audience.objects.filter(trashed_at=None)


def search_contacts(queryset: QuerySet[Contact], text: str) -> QuerySet[Contact]:
    """Narrow to contacts in whom each word of `text` is found: name, function, organisation, address, number.

    Case and accents do not matter; part of a word is enough. Spaces and signs in numbers are looked through.
    """
    for word in tidy(text).split()[:8]:
        key, digits = name_key(word), re.sub(r"\D", "", word)
        found = Q(function__icontains=word) | Q(organisation__acronym__iexact=word)
        found |= Q(Exists(ContactEmail.objects.filter(contact=OuterRef("pk"), address__icontains=word)))
        if key:
            found |= Q(name_key__contains=key) | Q(organisation__name_key__contains=key)
        if digits:
            found |= Q(Exists(ContactPhone.objects.filter(contact=OuterRef("pk"), number__contains=digits)))
        queryset = queryset.filter(found)
    return queryset


def countries_in_use() -> list[str]:
    """The codes of the countries that contacts live in."""
    return list(contacts().order_by("country").values_list("country", flat=True).distinct())


def for_listing(queryset: QuerySet[Contact]) -> QuerySet[Contact]:
    """What lists of contacts show, without a query a row."""
    return (
        with_reach(queryset)
        .select_related("organisation", "media_profile")
        .annotate(organisation_name=F("organisation__name"))
    )


def organisations_with_people() -> QuerySet[Organisation]:
    """Organisations with `people`, the number of their contacts in use."""
    return Organisation.objects.annotate(people=Count("contacts", filter=Q(contacts__trashed_at=None)))


def journalists(now: datetime) -> QuerySet[MediaProfile]:
    """Journalists in use, with `address`, `number`, `is_accredited` (in general, at `now`) and `accredited_until`."""
    emails = ContactEmail.objects.filter(contact=OuterRef("contact")).order_by("-is_primary", "pk")
    phones = ContactPhone.objects.filter(contact=OuterRef("contact")).order_by("-is_primary", "pk")
    standing = standing_accreditations(now).filter(contact=OuterRef("contact"), scope_uid=None)
    return (
        MediaProfile.objects.filter(contact__trashed_at=None)
        .select_related("contact", "outlet")
        .annotate(
            address=Subquery(emails.values("address")[:1]),
            number=Subquery(phones.values("number")[:1]),
            is_accredited=Exists(standing),
            accredited_until=Subquery(standing.values("valid_until")[:1]),
        )
    )


def accreditations() -> QuerySet[Accreditation]:
    """All accreditations of contacts in use, with what lists of them show, without a query a row."""
    return Accreditation.objects.filter(contact__trashed_at=None).select_related(
        "contact__organisation", "contact__media_profile__outlet", "decided_by"
    )


def combined(includes: Iterable[Audience], excludes: Iterable[Audience]) -> QuerySet[Contact]:
    """Everybody in one of the first audiences and in none of the second; each is a list or a query."""
    wanted, unwanted = Q(pk__in=[]), Q(pk__in=[])
    for audience in includes:
        wanted |= _belonging(audience)
    for audience in excludes:
        unwanted |= _belonging(audience)
    return contacts().filter(wanted & ~unwanted)


def _simple(audiences: Iterable[Audience]) -> list[Audience]:
    """Those that are not combined themselves: there is no circle to fall into."""
    return [audience for audience in audiences if audience.kind != AudienceKind.COMBINED]


def _belonging(audience: Audience) -> Q:
    rows = AudienceMember.objects.filter(audience=audience, contact=OuterRef("pk"))
    wanted = Q(Exists(rows.filter(excluded=False)))
    if audience.kind == AudienceKind.QUERY:
        wanted |= Q(pk__in=matching(audience.criteria).values("pk"))
    elif audience.kind == AudienceKind.COMBINED:
        found = combined(_simple(audience.includes.all()), _simple(audience.excludes.all()))
        wanted |= Q(pk__in=found.values("pk"))
    return wanted & ~Q(Exists(rows.filter(excluded=True)))


def people_counts(audiences: Iterable[Audience]) -> dict[int, int]:
    """How many contacts each of these audiences has, in three queries for all."""
    chosen = list(audiences)
    if not chosen:
        return {}
    prefetch_related_objects(chosen, "includes", "excludes")
    counts = contacts().aggregate(
        **{f"a{audience.pk}": Count("pk", filter=_belonging(audience)) for audience in chosen}
    )
    return {audience.pk: counts[f"a{audience.pk}"] for audience in chosen}
