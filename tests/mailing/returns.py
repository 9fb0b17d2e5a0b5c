"""Mails that come back, as servers write them: Postfix, Exchange, qmail, a feedback loop, an absence."""

from __future__ import annotations

POSTFIX = """\
Return-Path: <>
Delivered-To: {to}
Received: by mx.example.org (Postfix) id 4ABC; Mon, 23 Nov 2026 12:00:05 +0000 (GMT)
Date: Mon, 23 Nov 2026 12:00:05 +0000 (GMT)
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4ABC.1/mx.example.org"
Message-Id: <{number}@mx.example.org>

This is a MIME-encapsulated message.

--4ABC.1/mx.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.org.

<{address}>: {said}

--4ABC.1/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4ABC
Arrival-Date: Mon, 23 Nov 2026 12:00:04 +0000 (GMT)

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.net
Diagnostic-Code: smtp; {said}

--4ABC.1/mx.example.org
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <{to}>
From: TOKTEN-Mali <presse@tokten.example.org>
To: {address}
Subject: =?utf-8?b?w6l0w6k=?=
Message-ID: {message_id}

--4ABC.1/mx.example.org--
"""

EXCHANGE = """\
From: <postmaster@example.onmicrosoft.com>
To: {to}
Date: Mon, 23 Nov 2026 12:00:05 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="_000_abc_"
Message-ID: <{number}@example.outlook.com>
Subject: =?utf-8?Q?Non_remis_:_L=E2=80=99=C3=A9t=C3=A9?=
Auto-Submitted: auto-replied

--_000_abc_
Content-Type: multipart/alternative; boundary="_111_"

--_111_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Votre message n'a pas pu =C3=AAtre remis.
--_111_--

--_000_abc_
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01.prod.outlook.com
Received-From-MTA: dns;mail.tokten.example.org
Arrival-Date: Mon, 23 Nov 2026 12:00:04 +0000

Final-Recipient: rfc822;{address}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {address} not found by SMTP
\taddress lookup

--_000_abc_
Content-Type: message/rfc822

From: TOKTEN-Mali <presse@tokten.example.org>
To: {address}
Message-ID: {message_id}
Content-Type: text/plain

Bonjour
--_000_abc_--
"""

QMAIL = """\
Return-Path: <>
Date: 23 Nov 2026 12:00:05 -0000
From: MAILER-DAEMON@qmail.example.org
To: {to}
Subject: failure notice
Message-ID: <{number}@qmail.example.org>

Hi. This is the qmail-send program at qmail.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.

<{address}>:
Remote host said: 552 5.2.2 mailbox full

--- Below this line is a copy of the message.
"""

COMPLAINT = """\
From: <feedback@fbl.example.com>
To: abus@tokten.example.org
Subject: FW: un avis
MIME-Version: 1.0
Message-ID: <{number}@fbl.example.com>
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{original_from}>
Reported-Domain: tokten.example.org

--part1
Content-Type: message/rfc822
Content-Disposition: inline

From: <presse@tokten.example.org>
To: <redacted@example.com>
Subject: un avis
Message-ID: {message_id}

Bonjour
--part1--
"""

ABSENCE = """\
Return-Path: <>
From: "Aminata Traoré" <{address}>
To: {to}
Subject: =?utf-8?Q?R=C3=A9ponse_automatique_:_Journ=C3=A9e_du_TOKTEN?=
Message-ID: <{number}@example.org>
In-Reply-To: {message_id}
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

Je suis absente jusqu'au 30 novembre. 550 5.1.1 est mon code de bureau.
"""

ANSWER = """\
Return-Path: <{address}>
From: "Aminata" <{address}>
To: {to}
Subject: Re: un avis
Message-ID: <{number}@example.org>
In-Reply-To: {message_id}
Content-Type: text/plain; charset=utf-8

Merci, je viendrai.
"""


def mail(form: str, **words: str) -> bytes:
    """A form filled in, with CRLF line ends."""
    defaults = {"number": "n1", "address": "personne0@example.org", "to": "retour@tokten.example.org"}
    defaults |= {"message_id": "<nobody@nowhere>", "action": "failed", "status": "5.1.1", "kind": "abuse"}
    defaults |= {"said": "550 5.1.1 user unknown", "original_from": "retour@tokten.example.org"}
    return form.format(**{**defaults, **words}).replace("\n", "\r\n").encode()
