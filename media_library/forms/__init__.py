"""The library's forms."""

from media_library.forms.assets import RELEASE, LibraryDocumentForm, LibraryImageForm, LibraryMediaForm
from media_library.forms.sending import DescribeForm, SendForm, SpeechForm

__all__ = [
    "RELEASE",
    "DescribeForm",
    "LibraryDocumentForm",
    "LibraryImageForm",
    "LibraryMediaForm",
    "SendForm",
    "SpeechForm",
]
