"""The mail folder: what would have been sent, while EMAIL_URL names no mail server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from settings.mail import FolderBackend

SHOWN = 50


@dataclass(frozen=True)
class KeptMail:
    """One file of the folder, as its list and its page show it."""

    name: str
    kept_at: datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or self.name)

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    @property
    def text(self) -> str:
        """The plain words of the mail; empty where it has none."""
        body = self.message.get_body(preferencelist=("plain",))
        return str(body.get_content()) if isinstance(body, EmailMessage) else ""

    @property
    def attachments(self) -> list[str]:
        return [str(part.get_filename()) for part in self.message.iter_attachments() if part.get_filename()]


def is_in_use() -> bool:
    """Are mails kept in a folder here, rather than sent?"""
    return f"{FolderBackend.__module__}.{FolderBackend.__qualname__}" == settings.EMAIL_BACKEND


def may_read(request: HttpRequest) -> bool:
    """Mails hold people's private links: administrators alone, or anybody of the demo's staff."""
    user = request.user
    return is_in_use() and (
        user.is_superuser or (settings.DEMO and user.has_perm("wagtailadmin.access_admin"))
    )


def mail_folder(request: HttpRequest, name: str = "") -> HttpResponse:
    """List the newest mails of the folder, or show the one named; 404 for any other name."""
    if not may_read(request):
        raise PermissionDenied
    folder = Path(settings.EMAIL_FILE_PATH)
    if name:
        path = folder / name
        if path.parent != folder or path.suffix != ".eml" or not path.is_file():
            raise Http404
        return render(request, "settings/mail.html", {"mail": _read(path)})
    paths = sorted(folder.glob("[0-9]*.eml"), reverse=True) if folder.is_dir() else []
    return render(
        request,
        "settings/mail_folder.html",
        {"mails": [_read(path) for path in paths[:SHOWN]], "total": len(paths)},
    )


def _read(path: Path) -> KeptMail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    kept_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return KeptMail(path.name, kept_at, message)  # type: ignore[arg-type]
