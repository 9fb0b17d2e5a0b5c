"""Mail that is kept rather than sent can be read in the admin, by those who may."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "settings.mail.FolderBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    message = EmailMessage("Invitation à la rencontre", "Bonjour <vous>", "a@example.org", ["b@example.org"])
    get_connection(settings.EMAIL_BACKEND).send_messages([message])
    return tmp_path


def test_an_administrator_reads_the_kept_mails(folder, client):
    client.force_login(get_user_model().objects.create_superuser("root", password="x"))
    answer = client.get("/admin/mail-folder/")
    assert "Invitation à la rencontre" in answer.content.decode()
    name = next(folder.glob("*.eml")).name
    one = client.get(f"/admin/mail-folder/{name}/").content.decode()
    assert "Bonjour &lt;vous&gt;" in one
    assert "Tous les courriels" in one


@pytest.mark.parametrize("name", ["..%2f..%2fenv", "env", "absent.eml", "%2e%2e"])
def test_nothing_but_the_folders_mails_is_shown(folder, client, name):
    (folder / "env").write_text("SECRET_KEY=x")
    client.force_login(get_user_model().objects.create_superuser("root", password="x"))
    assert client.get(f"/admin/mail-folder/{name}/").status_code in {302, 404}


def test_others_may_not_read_them(folder, client):
    user = get_user_model().objects.create_user("someone", password="x")
    client.force_login(user)
    assert client.get("/admin/mail-folder/").status_code in {302, 403}
