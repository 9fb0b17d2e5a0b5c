"""The library's forms."""

from media_library.forms.assets import RELEASE, LibraryDocumentForm, LibraryImageForm, LibraryMediaForm
from media_library.forms.sending import DescribeForm, SendForm, SpeechForm
from media_library.forms.shelf import BulkForm, ShelfForm
from media_library.forms.soundbites import SoundBiteForm

__all__ = [
    "RELEASE",
    "BulkForm",
    "DescribeForm",
    "LibraryDocumentForm",
    "LibraryImageForm",
    "LibraryMediaForm",
    "SendForm",
    "ShelfForm",
    "SoundBiteForm",
    "SpeechForm",
]
