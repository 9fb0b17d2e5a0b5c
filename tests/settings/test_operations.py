"""Setup, backup, restore, update and the demo command, on a real database and real files."""

from __future__ import annotations

import io
import shutil
import tarfile
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from PIL import Image
from wagtail.models import Site

from cms.contacts.models import Contact
from cms.core.models import Heartbeat, SitePage, Topic
from cms.mailing.models import Mailing, Sender
from cms.pages.models import DocumentPage, HomePage, Menu, Organisation
from cms.plan.models import Activity, BudgetLine, Indicator, MediaPlanRow, SectorResult, Target
from events.models import AgendaPage, Event
from media_library.models import Asset
from press.models import Kit, Release
from settings.management.commands.backup import counts

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "une phrase assez longue 2026"


@pytest.fixture
def var_dir(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path / "static"
    (settings.MEDIA_ROOT / "originals").mkdir(parents=True)
    (settings.MEDIA_ROOT / "originals" / "photo.jpg").write_bytes(b"\xff\xd8 photo" * 1000)
    return tmp_path


def rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        return counts(cursor)


def fingerprint() -> list[object]:
    """What setup writes, with its words."""
    return [
        [*Organisation.objects.values_list("name", "full_name", "sender_name", "sender_email", "logo")],
        [*Sender.objects.values_list("name", "address")],
        [*get_user_model().objects.values_list("username", "password", "email")],
        [*SitePage.objects.order_by("path").values_list("url_path", "title", "latest_revision", "version")],
    ]


def backup(var_dir: Path) -> Path:
    out = io.StringIO()
    call_command("backup", stdout=out)
    return Path(out.getvalue().strip())


def set_up(monkeypatch, password: str = PASSWORD, **options: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    given = {
        "username": "kadiatou",
        "email": "kadiatou@example.org",
        "organisation": "TOKTEN-Mali",
        "sender_name": "TOKTEN-Mali",
        "sender_email": "presse@example.org",
    }
    call_command("setup", no_input=True, stdout=io.StringIO(), **given | options)


def test_what_was_backed_up_is_back_with_equal_counts(var_dir, settings):
    get_user_model().objects.create_user("before", password=PASSWORD)
    before = rows()
    archive = backup(var_dir)
    get_user_model().objects.all().delete()
    Heartbeat.objects.create(name="after", beat_at="2026-11-23T12:00:00Z")
    (settings.MEDIA_ROOT / "originals" / "photo.jpg").unlink()
    (settings.MEDIA_ROOT / "later.jpg").write_bytes(b"later")
    out = io.StringIO()
    call_command("restore", str(archive), stdout=out)
    assert rows() == before
    assert get_user_model().objects.filter(username="before").exists()
    assert (settings.MEDIA_ROOT / "originals" / "photo.jpg").read_bytes() == b"\xff\xd8 photo" * 1000
    assert not (settings.MEDIA_ROOT / "later.jpg").exists()
    assert "are back" in out.getvalue()


def test_a_restored_database_searches_french_as_before(var_dir):
    call_command("restore", str(backup(var_dir)), stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_tsvector('kunnafoni_fr', 'Éducation') @@ plainto_tsquery('kunnafoni_fr', 'education')"
        )
        assert cursor.fetchone() == (True,)


def test_an_archive_is_readable_by_its_owner_alone_and_holds_no_key(var_dir, settings):
    archive = backup(var_dir)
    assert archive.stat().st_mode & 0o077 == 0
    with tarfile.open(archive) as tar:
        assert {"manifest.json", "database.dump", "media/originals/photo.jpg"} <= set(tar.getnames())
        assert not any("env" in name for name in tar.getnames())


@pytest.mark.parametrize("damage", ["cut", "other"])
def test_a_broken_archive_changes_nothing(var_dir, damage):
    archive = backup(var_dir)
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2] if damage == "cut" else b"PK\x03\x04 something else")
    before = rows()
    with pytest.raises(CommandError):
        call_command("restore", str(archive), stdout=io.StringIO())
    assert rows() == before


@pytest.mark.parametrize("kind", ["above", "absolute", "link"])
def test_an_archive_with_an_entry_that_would_leave_its_folder_is_refused(var_dir, kind):
    archive = backup(var_dir)
    with tarfile.open(archive, "a") as tar:
        member = tarfile.TarInfo({"above": "media/../../x", "absolute": "/x", "link": "media/x"}[kind])
        if kind == "link":
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(member, io.BytesIO())
    before = rows()
    with pytest.raises(CommandError, match="no backup of ours"):
        call_command("restore", str(archive), stdout=io.StringIO())
    assert rows() == before


def test_an_update_that_fails_puts_everything_back(var_dir, settings):
    get_user_model().objects.create_user("before", password=PASSWORD)
    before = rows()
    settings.MIGRATION_MODULES = {"core": "tests.support.no_such_migrations"}
    err = io.StringIO()
    with pytest.raises(CommandError, match="Nothing has changed"):
        call_command("update", stdout=io.StringIO(), stderr=err)
    assert "going back" in err.getvalue()
    assert rows() == before


def test_an_update_whose_second_migration_fails_takes_the_first_back_too(
    var_dir, settings, monkeypatch, tmp_path
):
    """Each migration is a transaction of its own: what the first did is committed when the second fails."""
    package = tmp_path / "later_migrations"
    shutil.copytree(Path(settings.BASE_DIR) / "cms" / "core" / "migrations", package)
    latest = sorted(path.stem for path in package.glob("0*.py"))[-1]
    for name, before, statement in (
        ("9998_adds", latest, "CREATE TABLE half_done (x integer); DELETE FROM accounts_user"),
        ("9999_fails", "9998_adds", "SELECT 1 / 0"),
    ):
        (package / f"{name}.py").write_text(
            "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
            f"    dependencies = [('core', {before!r})]\n"
            f"    operations = [migrations.RunSQL({statement!r})]\n"
        )
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"core": "later_migrations"}
    get_user_model().objects.create_user("before", password=PASSWORD)
    before = rows()
    with pytest.raises(CommandError, match="Nothing has changed"):
        call_command("update", stdout=io.StringIO(), stderr=io.StringIO())
    assert rows() == before
    assert "half_done" not in before
    assert get_user_model().objects.filter(username="before").exists()


def test_an_update_keeps_a_backup_and_says_so(var_dir):
    out = io.StringIO()
    call_command("update", stdout=out, stderr=io.StringIO())
    assert "Updated" in out.getvalue()
    assert len(list((var_dir / "backups").glob("*-before-update.tar"))) == 1


def test_setup_makes_a_real_installation_without_fiction(var_dir, monkeypatch):
    set_up(monkeypatch)
    user = get_user_model().objects.get()
    assert user.is_superuser
    assert user.check_password(PASSWORD)
    assert HomePage.objects.count() == 2
    for model in (Release, Kit, Event, Contact, Mailing, Asset, DocumentPage, Topic):
        assert not model._default_manager.exists(), f"{model.__name__} would be fiction"
    assert Sender.objects.get(is_default=True).address == "presse@example.org"
    assert Organisation.objects.get().sender_email == "presse@example.org"
    assert Target.objects.exists(), "the plan's own rows are reference data"
    for model in (Activity, Indicator, MediaPlanRow, BudgetLine, SectorResult):
        assert model._default_manager.exists(), model.__name__


ADDRESSES = {
    "fr": "presse presse/communiques presse/dossiers presse/contacts mediatheque agenda resultats documents "
    "intranet recherche",
    "en": "press press/releases press/kits press/contacts media-library agenda results documents intranet search",
}


def test_setup_lays_the_contracts_public_addresses_in_both_languages(var_dir, monkeypatch, client):
    set_up(monkeypatch)
    for language, slugs in ADDRESSES.items():
        for slug in ("", *slugs.split()):
            address = f"/{language}/{slug}/".replace("//", "/")
            answer = client.get(address)
            # the intranet answers strangers with its sign-in page
            assert answer.status_code == (403 if slug == "intranet" else 200), address
            assert f'lang="{language}"' in answer.content.decode()[:400], address
        home = client.get(f"/{language}/").content.decode()
        for slug in slugs.split()[:-1]:
            assert f'href="/{language}/{slug}/"' in home, f"the menus lead to {slug}"
    assert client.get("/").status_code in {302, 303}
    assert Site.objects.get(is_default_site=True).hostname == "localhost"


def test_setup_twice_changes_nothing(var_dir, monkeypatch):
    set_up(monkeypatch)
    first, before = fingerprint(), rows()
    set_up(monkeypatch)
    assert rows() == before
    assert fingerprint() == first


def test_setup_again_with_the_same_logo_keeps_the_picture(var_dir, monkeypatch):
    logo = var_dir / "logo.png"
    Image.new("RGB", (64, 64), "#955a0c").save(logo)
    set_up(monkeypatch, logo=str(logo))
    before = rows()
    set_up(monkeypatch, logo=str(logo))
    assert rows() == before
    assert Organisation.objects.get().logo.asset.released_at is not None


def test_setup_again_makes_nothing_twice_that_was_renamed_or_taken_away(var_dir, monkeypatch):
    set_up(monkeypatch)
    Menu.objects.filter(place="foot", locale__language_code="fr").update(title="Pied de page")
    page = AgendaPage.objects.get(locale__language_code="fr")
    page.slug = "rencontres"
    page.save()
    before = rows()
    set_up(monkeypatch)
    assert rows() == before


def test_setup_over_an_account_with_another_password_refuses_and_says_so(var_dir, monkeypatch):
    set_up(monkeypatch)
    before = fingerprint()
    with pytest.raises(CommandError, match="kadiatou exists with another password"):
        set_up(monkeypatch, password="une autre phrase 2026", organisation="Une autre maison")
    assert fingerprint() == before
    assert get_user_model().objects.get().check_password(PASSWORD)


def test_setup_makes_no_administrator_of_an_account_that_is_none(var_dir, monkeypatch):
    get_user_model().objects.create_user("kadiatou", password=PASSWORD)
    with pytest.raises(CommandError, match="no administrator"):
        set_up(monkeypatch)
    assert not HomePage.objects.exists()


def answer(monkeypatch, *words: str) -> str:
    """Type `words` into an interactive setup; return what it wrote."""
    typed, out = iter(words), io.StringIO()
    monkeypatch.setattr("builtins.input", lambda prompt="": next(typed))
    monkeypatch.setattr("getpass.getpass", lambda prompt="": PASSWORD)
    call_command("setup", stdout=out)
    return out.getvalue()


def test_an_interactive_setup_asks_before_it_keeps_an_account_and_offers_earlier_answers(
    var_dir, monkeypatch
):
    given = ("kadiatou", "k@example.org", "La maison", "", "", "Presse", "presse@example.org")
    assert "Sign in as kadiatou" in answer(monkeypatch, *given)
    before = fingerprint()
    with pytest.raises(CommandError, match="Nothing was changed"):
        answer(monkeypatch, "kadiatou", "k@example.org", "", "", "", "", "", "n")
    said = answer(monkeypatch, "kadiatou", "k@example.org", "", "", "", "", "", "y")
    assert "kept as it is, with its password" in said
    assert fingerprint() == before, "Enter keeps what was answered before"


@pytest.mark.parametrize(
    "options",
    [
        {"email": "not an address"},
        {"sender_email": "a@example.org\r\nBcc: b@example.org"},
        {"organisation": "two\r\nlines"},
        {"logo": "/no/such/file.png"},
        {"username": ""},
    ],
)
def test_setup_refuses_bad_answers_and_leaves_nothing_behind(var_dir, monkeypatch, options):
    if options.get("username") == "":
        options = {"email": ""}
    before = rows()
    with pytest.raises(CommandError):
        set_up(monkeypatch, **options)
    assert rows() == before


def test_setup_refuses_a_weak_password(var_dir, monkeypatch):
    with pytest.raises(CommandError):
        set_up(monkeypatch, password="azerty")
    assert not get_user_model().objects.exists()


def test_the_demo_is_refused_without_its_word(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo")


@pytest.mark.django_db
def test_setup_refuses_a_database_whose_demo_passwords_still_open():
    from django.contrib.auth import get_user_model

    get_user_model().objects.create_user("admin", password="demo-admin")
    with pytest.raises(CommandError, match="demo"):
        call_command("setup", "--no-input")
