"""How often a new password may be asked for: counted in the database, so that it holds with Redis gone."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings

from cms.accounts.models import ResetTry

WINDOW = timedelta(hours=1)
KEPT = timedelta(days=1)
PER_ADDRESS = 3
# A ministry's people share one address of the network.
PER_NETWORK = 20


def note_reset(*, email: str, network: str, now: datetime) -> bool:
    """Count that `network` asked for a new password of `email`; False where no mail should go out for it.

    Too many mails to one address are a nuisance to its owner, and many addresses from one network a search for
    those that have an account. Neither address is kept, only a keyed hash.
    """
    ResetTry.objects.filter(at__lt=now - KEPT).delete()
    allowed = True
    for kind, value, limit in (
        ("email", email.strip().casefold(), PER_ADDRESS),
        ("network", network, PER_NETWORK),
    ):
        bucket = hmac.new(settings.SECRET_KEY.encode(), f"{kind}\0{value}".encode(), sha256).hexdigest()
        allowed &= ResetTry.objects.filter(bucket=bucket, at__gt=now - WINDOW).count() < limit
        ResetTry.objects.create(bucket=bucket, at=now)
    return allowed
