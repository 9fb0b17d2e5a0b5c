"""The services of the kernel, put into the registry."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from cms.core import registry
from cms.core.api import components, describe, explorer, openapi, search, writing
from cms.core.api.dispatcher import CONTENT
from cms.core.api.items import ItemParams
from cms.core.api.protocol import Operation, Service
from cms.core.api.schemas import ItemList, Summary, create_model_below, parents, patch_model


class Said(BaseModel):
    """The base of what services answer: described, open to additions."""

    model_config = ConfigDict(extra="allow")


class Crumb(Said):
    """A step of the way."""

    id_: str = Field(alias="@id")
    title: str


class Breadcrumbs(Said):
    """The way from the language home to the object."""

    id_: str = Field(alias="@id")
    root: str
    items: list[Crumb]


class Node(Summary):
    """A page of the navigation, with those below it."""

    items: list[Node]


class Navigation(Said):
    """The tree below the language home."""

    id_: str = Field(alias="@id")
    items: list[Node]


class Translation(Said):
    """The same page in another language."""

    id_: str = Field(alias="@id")
    language: str


class Translations(Said):
    """Other languages of the page, and the languages' homes."""

    id_: str = Field(alias="@id")
    items: list[Translation]
    root: dict[str, str]


class State(Said):
    """A state by its code and its words."""

    id: str
    title: str


class History(Said):
    """What was done, by whom and why."""

    action: str
    actor: str | None
    comments: str
    time: str | None


class Workflow(Said):
    """The object's state and history."""

    id_: str = Field(alias="@id")
    state: State
    history: list[History]
    transitions: list[dict[str, str]]


class Action(Said):
    """Something that the asking person may do here."""

    id_: str = Field(alias="@id")
    id: str
    title: str
    icon: str


class Actions(Said):
    """Plone's three lists of actions."""

    id_: str = Field(alias="@id")
    object: list[Action]
    object_buttons: list[Action]
    user: list[Action]


class Site(Said):
    """What a front end needs first."""

    id_: str = Field(alias="@id")
    title: str = Field(alias="plone.site_title")
    default_language: str = Field(alias="plone.default_language")
    available_languages: list[str] = Field(alias="plone.available_languages")


def _component(name: str, function: object, answer: type[BaseModel], summary: str, order: int) -> Service:
    params = components.NavigationParams if name == "navigation" else Operation.params
    operation = Operation(
        handle=components.answer(function, name), summary=summary, params=params, answer=answer
    )
    return Service(name, {"GET": operation}, component=function, order=order)  # type: ignore[arg-type]


def _content() -> Service:
    get = Operation(describe.get_item, "An object: itself, its parent, its items", params=ItemParams)
    patch = Operation(writing.change, "Change words of an object", body=patch_model, returns_object=True)
    post = Operation(
        writing.create, "Make an object below this one", body=create_model_below, status=201, models=parents
    )
    return Service(CONTENT, {"GET": get, "POST": post, "PATCH": patch}, order=0)


def _components() -> Iterator[Service]:
    for name, function, answer, summary in (
        ("breadcrumbs", components.breadcrumbs, Breadcrumbs, "The way to the object"),
        ("navigation", components.navigation, Navigation, "The tree of pages"),
        ("translations", components.translations, Translations, "Other languages of the object"),
        ("workflow", components.workflow, Workflow, "State and history of the object"),
        ("actions", components.actions, Actions, "What you may do with the object"),
    ):
        yield _component(name, function, answer, summary, order=10)


def _services() -> Iterator[Service]:
    """What is asked beside an object: what stands below it, what it is made of."""
    found = Operation(
        search.search, "Find objects below this one", params=search.SearchParams, answer=ItemList
    )
    yield Service("search", {"GET": found}, order=20)
    types = Operation(describe.types, "Types of objects, and the JSON Schema of each", answer={})
    yield Service("types", {"GET": types}, tail="type", tail_values=describe.type_names, order=30)
    terms = Operation(describe.vocabularies, "Terms to choose from", params=describe.TermsParams, answer={})
    yield Service(
        "vocabularies", {"GET": terms}, tail="name", tail_values=lambda: list(describe.VOCABULARIES), order=30
    )


def _site_services() -> Iterator[Service]:
    """What is asked of the site as a whole."""
    site = Operation(describe.site, "Languages and name of the site", answer=Site)
    yield Service("site", {"GET": site}, on="site", order=40)
    document = Operation(openapi.document, "This description, as OpenAPI 3.1", answer={"type": "object"})
    yield Service("openapi", {"GET": document}, on="site", order=90)
    page = Operation(explorer.page, "This description, to read and try", answer={}, media_type="text/html")
    yield Service("docs", {"GET": page}, on="site", order=91)


def register() -> None:
    """Fill the slot; called once, when the apps are ready."""
    for service in (_content(), *_components(), *_services(), *_site_services()):
        registry.services.register(service)
