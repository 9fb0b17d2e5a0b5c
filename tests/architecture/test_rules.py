"""The rules of the house that import-linter cannot say, each with a sample that breaks it."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("press", "events", "media_library", "cms", "settings")
OURS = (
    "press",
    "events",
    "media_library",
    "cms.pages",
    "cms.mailing",
    "cms.plan",
    "cms.contacts",
    "cms.accounts",
)
# What stands above each package; `cms` apps are ordered among themselves.
ABOVE = {
    "cms.core": (
        "cms.accounts",
        "cms.contacts",
        "cms.plan",
        "cms.pages",
        "cms.mailing",
        "media_library",
        "press",
        "events",
    ),
    "cms.accounts": (
        "cms.contacts",
        "cms.plan",
        "cms.pages",
        "cms.mailing",
        "media_library",
        "press",
        "events",
    ),
    "cms.contacts": ("cms.plan", "cms.pages", "cms.mailing", "media_library", "press", "events"),
    "cms.plan": ("cms.pages", "cms.mailing", "media_library", "press", "events"),
    "cms.pages": ("cms.mailing", "media_library", "press", "events"),
    "cms.mailing": ("cms.pages", "media_library", "press", "events"),
    "media_library": ("press", "events"),
    "press": ("events",),
    "events": ("press",),
}
LABELS = {name: name.rpartition(".")[2] for name in (*OURS, "cms.core")}


def sources(*folders: str) -> Iterator[tuple[Path, str]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text()


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


# One policy ------------------------------------------------------------------------------------------------------
TREE_WALKS = {"get_children", "get_descendants", "get_siblings", "get_ancestors"}
# The policy itself, and what walks the tree for the officer rather than for a reader.
MAY_READ_PAST = {"cms/core/policies.py", "cms/core/queries.py", "cms/core/models/pages.py"}


# Questions about `live` itself that are not a reader's: each function with the reason why it does not ask `visible()`.
MAY_ASK_LIVE = {
    "cms/pages/queries/__init__.py:existing": "whether the officer's menu leads anywhere: a sign-in page is somewhere",
    "press/queries/kits.py:packed_items": "what an archive is made of before it opens; its door asks for whom",
    "press/queries/kits.py:shelves_of": "as packed_items, for many kits at once",
    "press/queries/__init__.py:live_kits": "whose archives a job keeps as they should be, before they open too",
    "press/queries/__init__.py:live_pages_of": "the words of a mail; its recheck asks whether it may go out",
    "press/mail/followup.py:_page": "as live_pages_of, for kits too",
    "press/queries/__init__.py:_count": "figures of the plan: what became public, withdrawn or ended since or not",
    "press/views/buttons.py:may_publish_live": "what the officer's act would publish, whoever may read it",
    "press/views/buttons.py:_withdraw": "a hint to the officer who withdraws",
    "events/queries/letters.py:title_of": "the words of a mail to a guest, whom an audience does not bind",
}


def asks_live(code: str) -> list[tuple[str, int]]:
    """The functions that compare `live` in a query (`filter(live=…)`, `Q(page__live=…)`), with the line."""
    found = []
    for function in ast.walk(ast.parse(code)):
        if isinstance(function, ast.FunctionDef):
            found += [
                (function.name, node.lineno)
                for node in ast.walk(function)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute | ast.Name)
                and (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id)
                in {"filter", "exclude", "get", "Q", "get_object_or_404"}
                and any(word.arg == "live" or (word.arg or "").endswith("__live") for word in node.keywords)
            ]
    return found


def test_only_named_functions_ask_whether_a_page_is_live():
    asking = {
        f"{path.relative_to(ROOT)}:{name}"
        for path, code in sources(*APPS)
        if str(path.relative_to(ROOT)) not in MAY_READ_PAST and not is_officers_side(path)
        for name, _line in asks_live(code)
    }
    assert asking == set(MAY_ASK_LIVE)


@pytest.mark.parametrize(
    "code",
    [
        "ReleasePage.objects.filter(live=True)",
        "SitePage.objects.exclude(live=False)",
        "thing.pages.filter(live=True)",
        "Release.objects.filter(Q(pages__live=True))",
    ],
)
def test_a_question_about_live_would_be_seen(code):
    assert asks_live(f"def rows():\n    return {code}")


def reads_past_visible(code: str) -> list[str]:
    """Calls that read pages without `visible()`: `.live()`, `.public()`, tree walks, `Page.objects`."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            # `queries.public(now=…)` is an app's own question; the page managers' take no argument
            plain = not node.args and not node.keywords
            if node.func.attr in TREE_WALKS or (node.func.attr in {"live", "public"} and plain):
                found.append(f"{node.lineno}: .{node.func.attr}()")
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "Page.objects":
            found.append(f"{node.lineno}: Page.objects")
    return found


def is_officers_side(path: Path) -> bool:
    """Actions, demo data, migrations and commands change pages; they answer no reader."""
    parts = path.relative_to(ROOT).parts
    return any(part.removesuffix(".py") in {"actions", "demo", "management"} for part in parts)


def test_only_the_policy_reads_pages_past_visible():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path, code in sources(*APPS)
        if str(path.relative_to(ROOT)) not in MAY_READ_PAST and not is_officers_side(path)
        for line in reads_past_visible(code)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "code", ["x = ReleasePage.objects.live()", "page.get_children().public()", "Page.objects.filter(pk=1)"]
)
def test_a_read_past_visible_would_be_seen(code):
    assert reads_past_visible(code)


# Actions ---------------------------------------------------------------------------------------------------------
EDGES = ("django.http", "django.shortcuts", "django.contrib.messages", "ninja", "celery", "cms.core.ring")


def edges_in(code: str) -> list[str]:
    """The imports of `code` that belong to edges: HTTP, messages, API, queue."""
    names = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in names if any(name == edge or name.startswith(edge + ".") for edge in EDGES)]


def test_actions_know_neither_requests_nor_queues():
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, code in sources(*APPS)
        if "actions" in {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
        for name in edges_in(code)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "code",
    [
        "from django.http import HttpRequest",
        "from django.contrib import messages",
        "def f():\n    from celery import shared_task",
        "import ninja",
    ],
)
def test_an_edge_in_an_action_would_be_seen(code):
    assert edges_in(code)


# Arrows ----------------------------------------------------------------------------------------------------------
MODULES = "actions|api|apps|demo|documents|exports|feeds|forms|ical|imports|mail|models|policies|queries|tasks|views"


def upward_strings(app: str, code: str) -> list[str]:
    """String constants (lazy keys, dotted names) of `code` that name something above `app`."""
    names = "|".join(
        [re.escape(name) + rf"\.(?:{MODULES})\b" for name in ABOVE[app]]
        + [re.escape(LABELS[name]) + r"\.[A-Z]\w+$" for name in ABOVE[app]]
    )
    pattern = re.compile(rf"^(?:{names})")
    return [
        f"{node.lineno}: {node.value!r}"
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and pattern.match(node.value)
    ]


# The one frame of every public page, whoever's page it is.
PUBLIC_FRAME = "pages/base.html"


def upward_templates(app: str, text: str) -> list[str]:
    """Templates that `text` includes or extends from an app above."""
    names = "|".join(re.escape(LABELS[name]) for name in ABOVE[app])
    found = re.findall(rf"{{%-?\s*(?:include|extends)\s+[\"']((?:{names})/[^\"']+)", text)
    return [name for name in found if name != PUBLIC_FRAME]


@pytest.mark.parametrize("app", ABOVE)
def test_nothing_names_what_stands_above_it(app):
    folder = app.replace(".", "/")
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path, code in sources(folder)
        for line in upward_strings(app, code)
    ]
    for path in (ROOT / folder).rglob("templates/**/*.*"):
        wrong += [f"{path.relative_to(ROOT)}: {found}" for found in upward_templates(app, path.read_text())]
    assert not wrong, "\n".join(wrong)


def test_an_upward_name_would_be_seen():
    assert upward_strings("cms.core", "x = 'press.Release'")
    assert upward_strings("cms.contacts", "x = 'cms.mailing.tasks.drain'")
    assert upward_templates("cms.pages", '{% include "press/card.html" %}')


def test_foreign_keys_point_down():
    wrong = []
    for config in apps.get_app_configs():
        if config.name not in ABOVE:
            continue
        for model in config.get_models():
            for field in model._meta.get_fields():
                target = getattr(field, "related_model", None)
                if field.auto_created or target is None or isinstance(target, str):
                    continue
                # image, document and media models are Wagtail's by setting
                if target._meta.label in {
                    settings.AUTH_USER_MODEL,
                    settings.WAGTAILIMAGES_IMAGE_MODEL,
                    settings.WAGTAILDOCS_DOCUMENT_MODEL,
                }:
                    continue
                if target._meta.app_config.name in ABOVE[config.name]:
                    wrong.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert not wrong, "\n".join(wrong)


# The repository --------------------------------------------------------------------------------------------------
FORBIDDEN = re.compile(
    "|".join(
        [
            r"\.\./sha" + "red",
            r"/wo" + r"rk/(?:main|shared|dev|wt|venv)",
            "pypi" + r"\.org",
            "pythonhosted" + r"\.org",
            "registry" + r"\.npmjs",
        ]
    )
)


def test_the_repository_names_no_machine_and_no_registry():
    wrong = []
    for path in committed():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        wrong += [f"{path.relative_to(ROOT)}: {found[0]}" for found in FORBIDDEN.finditer(text)]
    assert not wrong, "\n".join(wrong)


def test_no_drawer_for_everything():
    wrong = [path for path in committed() if path.name in {"utils.py", "helpers.py", "misc.py", "common.py"}]
    assert not wrong


def test_the_environment_is_read_in_one_place():
    """Product code asks `django.conf.settings`; what starts before Django (settings/services) composes it."""
    wrong = [
        str(path.relative_to(ROOT))
        for path, code in sources(*APPS)
        if re.search(r"os\.environ\b|os\.getenv\b|environ\.Env\b", code)
        and not str(path.relative_to(ROOT)).startswith(
            ("settings/services/", "settings/environment.py", "settings/wsgi.py", "settings/celery.py")
        )
    ]
    assert not wrong, "\n".join(wrong)


FILE_LINES, FUNCTION_LINES = 400, 40
# Longer than the rule, until they are cut: a number only goes down, and no name is added.
LONG_FUNCTIONS = {
    "cms/contacts/actions/contacts.py:find_or_create_contact": 51,
    "cms/core/api/openapi.py:_operation": 44,
    "cms/pages/actions.py:lay_site": 45,
    "events/actions/registrations.py:add_by_hand": 42,
    "events/actions/registrations.py:register": 46,
    "events/ical/entries.py:entries_of": 42,
    "events/views/registrations.py:_send": 46,
    "media_library/actions/intake.py:import_file": 64,
    "media_library/views/responding.py:respond_file": 57,
}


def is_demo(path: Path) -> bool:
    """Demo data is prose and drawings, as long as what it shows."""
    return "demo" in {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}


def function_lengths(code: str) -> dict[str, int]:
    """How many lines each function of `code` has, by name (the longest of those that share one)."""
    found: dict[str, int] = {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            found[node.name] = max(found.get(node.name, 0), node.end_lineno - node.lineno + 1)
    return found


def test_modules_stay_readable():
    wrong = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path, code in sources(*APPS)
        if (lines := code.count("\n")) > FILE_LINES and not is_demo(path)
    ]
    assert not wrong, "\n".join(wrong)


def test_functions_stay_readable_and_the_long_ones_only_shrink():
    wrong = []
    for path, code in sources(*APPS):
        for name, lines in function_lengths(code).items():
            key = f"{path.relative_to(ROOT)}:{name}"
            if not is_demo(path) and lines > LONG_FUNCTIONS.get(key, FUNCTION_LINES):
                wrong.append(f"{key}: {lines} lines")
    assert not wrong, "\n".join(wrong)


def test_a_long_function_would_be_seen():
    assert function_lengths("async def long():\n" + "    x = 1\n" * 40) == {"long": 41}
