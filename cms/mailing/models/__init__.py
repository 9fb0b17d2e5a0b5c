"""Senders, mailings and their deliveries: the outbox is these rows and nothing else."""

from cms.mailing.models.approvals import MailingApproval
from cms.mailing.models.clicks import CountedLink
from cms.mailing.models.deliveries import OPEN_STATES, Delivery, DeliveryEvent
from cms.mailing.models.diffusions import Diffusion
from cms.mailing.models.issues import Issue, IssueSending, Series
from cms.mailing.models.mailings import Letter, Mailing
from cms.mailing.models.reports import Report
from cms.mailing.models.senders import RecipientDomain, Sender
from cms.mailing.models.trials import Trial

__all__ = [
    "OPEN_STATES",
    "CountedLink",
    "Delivery",
    "DeliveryEvent",
    "Diffusion",
    "Issue",
    "IssueSending",
    "Letter",
    "Mailing",
    "MailingApproval",
    "RecipientDomain",
    "Report",
    "Sender",
    "Series",
    "Trial",
]
