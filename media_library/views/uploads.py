"""Files sent by the staff, many at once and in pieces: tus 1.0 (core, creation, expiration, termination), and the
screen where they are chosen and described. Without JavaScript the same screen takes them in one go.

https://tus.io/protocols/resumable-upload
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtail.documents.permissions import permission_policy as documents
from wagtail.images.permissions import permission_policy as images
from wagtailmedia.permissions import permission_policy as recordings

from cms.core import clock
from media_library import actions, forms, queries, validators
from media_library.models import Asset, Kind, Upload

if TYPE_CHECKING:
    from django.http import HttpRequest

VERSION: Final = "1.0.0"
_TOLD: Final = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
_PIECE: Final = 64 * 1024
_LISTED: Final = 60
_POLICIES: Final = {
    Kind.IMAGE: images,
    Kind.DOCUMENT: documents,
    Kind.AUDIO: recordings,
    Kind.VIDEO: recordings,
}


def _may_add(user: Any, kind: str) -> bool:
    return bool(_POLICIES[Kind(kind)].user_has_permission(user, "add"))


def may_send(user: Any) -> bool:
    """Whether an account may add files of any kind."""
    return any(_may_add(user, kind) for kind in _POLICIES)


def _answer(status: int, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status=status, headers=_TOLD | named)


def _refusal(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8", headers=_TOLD)


@require_admin_access
def uploads(request: HttpRequest) -> HttpResponse:
    """The screen; POST with `Tus-Resumable` begins an upload, POST of the screen's forms sends or describes."""
    if not may_send(request.user):
        raise PermissionDenied
    if request.method == "OPTIONS":
        return _answer(
            204,
            Tus_Version=VERSION,
            Tus_Extension="creation,expiration,termination",
            Tus_Max_Size=str(max(validators.LIMITS.values())),
        )
    if request.method == "POST" and "Tus-Resumable" in request.headers:
        return _begin(request)
    common = forms.SendForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and "describe" in request.POST:
        return _describe(request)
    if request.method == "POST" and common.is_valid():
        _take(request, common)
        return redirect("media_library_uploads")
    arrived = list(queries.arrived(user=request.user, limit=_LISTED))
    same = queries.same_as(one.asset for one in arrived if one.asset is not None)
    return render(
        request,
        "media_library/admin/uploads.html",
        {
            "form": common,
            "arrived": [(one, _described(one), same.get(one.asset_id or 0, [])) for one in arrived],
            "limits": {kind: most // 1_000_000 for kind, most in validators.LIMITS.items()},
            "accept": ",".join(f".{name}" for name in sorted(validators.FORMATS)),
        },
    )


def _described(upload: Upload, data: Any = None) -> forms.DescribeForm | None:
    """The form that asks for a picture's words; None for what needs none."""
    asset = upload.asset
    if asset is None or asset.kind != Kind.IMAGE or asset.texts.all():
        return None
    known = {"title": asset.title, "caption": asset.image.said().caption}
    return forms.DescribeForm(data, prefix=upload.uid.hex, initial=known)


def _describe(request: HttpRequest) -> HttpResponse:
    done = 0
    for upload in queries.arrived(user=request.user, limit=_LISTED):
        form = _described(upload, request.POST)
        if form is not None and form.is_valid() and form.says_something:
            actions.describe_image(upload.asset.image, **form.cleaned_data)  # type: ignore[union-attr]
            done += 1
    messages.success(
        request, ngettext("%(n)s picture is described.", "%(n)s pictures are described.", done) % {"n": done}
    )
    return redirect("media_library_uploads")


def _take(request: HttpRequest, form: forms.SendForm) -> None:
    """Files of the plain form: each stands or falls alone."""
    now, words = clock.now(), {name: form.cleaned_data[name] for name in forms.SendForm.WORDS}
    for file in form.cleaned_data["sent"]:
        try:
            _need_kind(request.user, file.name, file.size)
            upload = actions.begin_upload(
                user=request.user, filename=file.name, size=file.size, words=words, now=now
            )
            actions.continue_upload(upload, pieces=file.chunks(_PIECE), offset=0, now=now)
            upload = actions.finish_upload(upload, now=now)
            sentence = upload.refused
            if alike := ", ".join(one.title for one in _alike(upload.asset)):
                messages.warning(request, f"{file.name} : {_('Looks very much like:')} {alike}")
        except (ValidationError, actions.TooManyUploads, actions.NoRoom) as error:
            sentence = " ".join(getattr(error, "messages", [str(error)]))
        if sentence:
            messages.error(request, f"{file.name} : {sentence}")


def _need_kind(user: Any, filename: str, size: int) -> None:
    if not _may_add(user, validators.announced(filename, size)):
        raise ValidationError(_("You may not add files of this kind."))


def _metadata(given: str) -> dict[str, str]:
    """`Upload-Metadata`: "key base64,key base64"; what cannot be read is left out."""
    found = {}
    for pair in given.split(",")[:20]:
        key, _space, value = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode().replace("\0", "")
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def _begin(request: HttpRequest) -> HttpResponse:
    if request.headers["Tus-Resumable"] != VERSION:
        return _answer(412, Tus_Version=VERSION)
    told = _metadata(request.headers.get("Upload-Metadata", "")[:8000])
    length = request.headers.get("Upload-Length", "")
    if not length.isascii() or not length.isdigit() or len(length) > 15:
        return _refusal(400, "Upload-Length")
    try:
        _need_kind(request.user, told.get("filename", ""), int(length))
        upload = actions.begin_upload(
            user=request.user,
            filename=told.get("filename", ""),
            size=int(length),
            words=told,
            now=clock.now(),
        )
    except ValidationError as error:
        return _refusal(413 if error.code == "size" else 422, " ".join(error.messages))
    except actions.TooManyUploads as error:
        return _refusal(429, str(error))
    except actions.NoRoom as error:
        return _refusal(507, str(error))
    return _answer(
        201,
        Location=reverse("media_library_upload", args=[upload.uid.hex]),
        Upload_Expires=http_date(upload.expires_at.timestamp()),
    )


@require_admin_access
def upload(request: HttpRequest, uid: str) -> HttpResponse:
    """One upload of one's own: HEAD tells how far it is, PATCH continues it, DELETE ends it, GET says what became
    of it. Somebody else's is 404."""
    row = get_object_or_404(Upload, uid=UUID(uid), user=request.user)
    if request.method == "GET":
        return JsonResponse(_said(row), headers={"Cache-Control": "no-store"})
    if request.headers.get("Tus-Resumable") != VERSION:
        return _answer(412, Tus_Version=VERSION)
    if request.method == "HEAD":
        return _answer(
            200,
            Upload_Offset=str(row.offset),
            Upload_Length=str(row.size),
            Upload_Expires=http_date(row.expires_at.timestamp()),
        )
    if request.method == "DELETE":
        actions.drop_upload(row)
        return _answer(204)
    if request.method != "PATCH":
        return _answer(405, Allow="GET, HEAD, PATCH, DELETE")
    return _continue(request, row)


def _continue(request: HttpRequest, row: Upload) -> HttpResponse:
    if request.content_type != "application/offset+octet-stream":
        return _answer(415)
    offset = request.headers.get("Upload-Offset", "")
    if not offset.isascii() or not offset.isdigit() or len(offset) > 15:
        return _refusal(400, "Upload-Offset")
    now = clock.now()
    try:
        arrived = actions.continue_upload(row, pieces=_pieces(request), offset=int(offset), now=now)
        if arrived == row.size:
            actions.finish_upload(row, now=now)
    except actions.UploadOver:
        return _answer(410)
    except actions.BeingWritten:
        return _answer(423)
    except actions.WrongOffset:
        return _answer(409, Upload_Offset=str(row.offset))
    except actions.NoRoom as error:
        return _refusal(507, str(error))
    except UnreadablePostError:
        return _answer(400)  # the line broke: nobody reads this, and what arrived stays
    except OSError:
        return _refusal(507, _("The server's disk is full. Tell whoever looks after it."))
    return _answer(204, Upload_Offset=str(arrived), Upload_Expires=http_date(row.expires_at.timestamp()))


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    while piece := request.read(_PIECE):
        yield piece


def _alike(asset: Asset | None) -> list[Asset]:
    return queries.alike(asset.image) if asset is not None and asset.kind == Kind.IMAGE else []


def _said(row: Upload) -> dict[str, Any]:
    """{"filename", "size", "offset", "state": "arriving" | "taken" | "refused", "sentence", "edit", "same", "alike"}:
    what has the very same bytes, and pictures that look like it."""
    asset: Asset | None = row.asset
    state = "arriving" if row.finished_at is None else "refused" if row.refused else "taken"
    others = queries.same_as([asset])[asset.pk] if asset is not None else []
    same = [{"title": one.title, "edit": one.edit_path} for one in others[:5]]
    alike = [{"title": one.title, "edit": one.edit_path} for one in _alike(asset)]
    return {
        "filename": row.filename,
        "size": row.size,
        "offset": row.offset,
        "state": state,
        "sentence": row.refused,
        "edit": asset.edit_path if asset is not None else "",
        "same": same,
        "alike": alike,
    }
