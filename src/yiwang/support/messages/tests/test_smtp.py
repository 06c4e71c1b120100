"""The real driver against a real mail server of this test: sockets, TLS, certificates."""

import email
import ipaddress
import socketserver
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email import policy

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from yiwang.support.messages.definitions import EmailRefused
from yiwang.support.messages.drivers.smtp import MailServerAway, Smtp, compose

TEXT = "您申请的“高龄津贴”已收到。\n.\n第二段\n"
AT = datetime(2026, 12, 14, 1, tzinfo=UTC)
TO = "ma.xiaoyan+gov@example.com"


def certificate(folder, host):
    """A certificate of its own authority for one host: the file with it, and with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "ca.pem").write_bytes(public)
    (folder / "both.pem").write_bytes(public + secret)
    return str(folder / "ca.pem"), str(folder / "both.pem")


class Conversation(socketserver.StreamRequestHandler):
    """As much SMTP as a client needs; ``server.answers`` changes an answer by its command."""

    def handle(self):
        mail = self.server.mail
        if mail.silent:
            mail.stop.wait(5)
            return
        if mail.implicit:
            self.encrypt()
        self.say("220 test")
        while line := self.rfile.readline():
            words = line.decode().strip()
            verb = words.split(" ")[0].upper()
            mail.heard.append(words)
            if verb in mail.answers:
                self.say(mail.answers[verb])
            elif verb == "EHLO":
                self.say("250-test")
                self.say("250-AUTH PLAIN")
                self.say("250 STARTTLS" if mail.offers_tls else "250 HELP")
            elif verb == "STARTTLS":
                self.say("220 go")
                self.encrypt()
            elif verb == "AUTH":
                self.say("235 in")
            elif verb == "DATA":
                self.say("354 go")
                mail.taken.append(self.data())
                self.say("250 queued")
            else:
                self.say("250 ok")

    def encrypt(self):
        self.request = self.server.mail.context.wrap_socket(self.request, server_side=True)
        self.setup_files()

    def setup_files(self):
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb", buffering=0)

    def data(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, words):
        self.wfile.write(words.encode() + b"\r\n")


class Quiet(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that does not trust us hangs up in the middle: that is what is tested."""
        self.mail.broken += 1


class Mail:
    def __init__(self, both):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(both)
        self.implicit, self.offers_tls, self.silent = True, True, False
        self.answers, self.heard, self.taken, self.broken = {}, [], [], 0
        self.stop = threading.Event()


@pytest.fixture
def mail(tmp_path, settings):
    ca, both = certificate(tmp_path, "127.0.0.1")
    found = Mail(both)
    with Quiet(("127.0.0.1", 0), Conversation) as server:
        server.mail = found
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.SMTP_HOST, settings.SMTP_PORT = server.server_address
        settings.SMTP_TLS, settings.SMTP_CA, settings.SMTP_SECONDS = "implicit", ca, 2.0
        settings.SMTP_USER, settings.SMTP_PASSWORD = "", ""
        settings.EMAIL_FROM = "no-reply@gov.example"
        yield found
        found.stop.set()
        server.shutdown()


def send(title="申请已收到", address=TO):
    return Smtp().send(
        key="0123456789abcdef", address=address, title=title, text=TEXT, written_at=AT
    )


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_an_email_arrives_whole_inside_tls(mail, settings, tls):
    settings.SMTP_TLS, mail.implicit = tls, tls == "implicit"
    settings.SMTP_USER, settings.SMTP_PASSWORD = "yiwang", "secret"
    assert send() == "smtp:<0123456789abcdef@gov.example>"
    [raw] = mail.taken
    got = email.message_from_bytes(raw, policy=policy.default)
    assert got["Subject"] == "申请已收到"
    assert got["Date"].datetime == AT
    assert (got["To"], got["Auto-Submitted"]) == (TO, "auto-generated")
    assert got["From"].addresses[0].display_name == "一网"
    assert got["Message-ID"] == "<0123456789abcdef@gov.example>"
    assert got.get_content_type() == "text/plain"
    assert got.get_content().replace("\r\n", "\n") == TEXT
    assert f"RCPT TO:<{TO}>".lower() in [line.lower() for line in mail.heard]
    if tls == "starttls":
        assert mail.heard.index("STARTTLS") < min(
            n for n, line in enumerate(mail.heard) if line.startswith(("AUTH", "MAIL"))
        )


def test_a_server_without_tls_gets_nothing_in_clear(mail, settings):
    settings.SMTP_TLS, mail.implicit, mail.offers_tls = "starttls", False, False
    with pytest.raises(MailServerAway):
        send()
    assert not any(line.startswith(("AUTH", "MAIL", "RCPT")) for line in mail.heard)


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(mail, settings):
    settings.SMTP_CA = ""
    with pytest.raises(MailServerAway):
        send()
    assert (mail.heard, mail.taken) == ([], [])


@pytest.mark.parametrize(
    ("verb", "answer", "raised"),
    [
        ("RCPT", "550 no such user ma.xiaoyan", EmailRefused),
        ("RCPT", "451 ma.xiaoyan later", MailServerAway),
        ("MAIL", "421 busy", MailServerAway),
        ("DATA", "554 ma.xiaoyan no", MailServerAway),
    ],
)
def test_a_no_for_good_is_told_from_a_no_for_now_and_neither_names_the_address(
    mail, verb, answer, raised
):
    mail.answers[verb] = answer
    with pytest.raises(raised) as caught:
        send()
    assert "xiaoyan" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert mail.taken == []


def test_a_wrong_password_is_told_without_it(mail, settings):
    settings.SMTP_USER, settings.SMTP_PASSWORD = "yiwang", "very-secret"
    mail.answers["AUTH"] = "535 no"
    with pytest.raises(MailServerAway, match="535") as caught:
        send()
    assert "very-secret" not in str(caught.value)


def test_a_silent_server_is_given_up_in_time(mail, settings):
    settings.SMTP_SECONDS, mail.silent = 0.2, True
    with pytest.raises(MailServerAway):
        send()


def test_nobody_listening_is_away(mail, settings):
    settings.SMTP_PORT = 1
    with pytest.raises(MailServerAway):
        send()


@pytest.mark.parametrize("where", ["title", "address"])
def test_a_line_break_makes_no_header(mail, where):
    given = {"title": "好", "address": TO}
    given[where] += "\r\nBcc: thief@example.com"
    with pytest.raises(ValueError, match=r"linefeed|CR or LF|header|address"):
        send(**given)
    assert mail.taken == []


def test_a_long_title_stays_one_header(mail):
    title = "很长的标题" * 24
    message = compose(key="k", address=TO, title=title, text="x", written_at=AT)
    again = email.message_from_bytes(message.as_bytes(), policy=policy.default)
    assert again["Subject"] == title
    assert len(again.items()) == len(message.items())
