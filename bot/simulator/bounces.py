"""Builds the mail that comes back when an address does not work."""

from __future__ import annotations

from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import make_msgid


def bounce_for(envelope_sender: str, recipient: str, *, status: str = "5.1.1") -> bytes:
    """A delivery status notification (RFC 3464) to the envelope sender."""
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"] = "MAILER-DAEMON@mail.example"
    report["To"] = envelope_sender
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-ID"] = make_msgid(domain="mail.example")
    report["Auto-Submitted"] = "auto-replied"
    report.attach(MIMEText("Your message could not be delivered."))
    action = "failed" if status.startswith("5") else "delayed"
    notice = MIMEBase("message", "delivery-status")
    server, person = EmailMessage(), EmailMessage()
    server["Reporting-MTA"] = "dns; mail.example"
    person["Final-Recipient"] = f"rfc822; {recipient}"
    person["Action"] = action
    person["Status"] = status
    notice.set_payload([server, person])
    report.attach(notice)
    return report.as_bytes()


def reply_to(mail: EmailMessage, sender: str, text: str) -> bytes:
    """An answer by somebody who pressed *reply*."""
    answer = EmailMessage()
    answer["From"] = sender
    answer["To"] = str(mail["Reply-To"] or mail["From"])
    answer["Subject"] = f"Re: {mail['Subject']}"
    answer["In-Reply-To"] = str(mail["Message-ID"])
    answer["Message-ID"] = make_msgid(domain="school.example")
    answer.set_content(f"{text}\n\n> eerdere mail")
    return answer.as_bytes()
