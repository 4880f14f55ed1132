"""A real mail server (Debian's OpenSMTPD) takes a digest over and sends back what cannot be had."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.flow.mailed import HOUR, SEVEN, MailHub
from tests.postoffice import post_office

_SECONDS = 60
_NOBODY = "nobody"


def _needs_a_real_server() -> None:
    """Skip where there is none; where nothing may be missing, fail."""
    if shutil.which("smtpd") is None or os.geteuid() != 0:
        if os.environ.get("FEEDHUB_TESTS_COMPLETE") == "1":
            pytest.fail("needs Debian's opensmtpd, and to be run by root")
        pytest.skip("needs Debian's opensmtpd, and to be run by root")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@contextmanager
def open_smtpd(folder: Path, returned: Path, relay: int) -> Iterator[int]:
    """Run the server: mail for hub.example goes into a Maildir, any other to ``relay``."""
    port = _free_port()
    # what an earlier run left in the server's queue names another action, and stays there
    away = f"away-{port}-{os.getpid()}"
    config = folder / "smtpd.conf"
    config.write_text(
        f"listen on 127.0.0.1 port {port} hostname mail.hub.example\n"
        f'action "back" maildir "{returned}" virtual {{ "@" = "{_NOBODY}" }}\n'
        f'action "{away}" relay host "smtp://127.0.0.1:{relay}"\n'
        'match from any for domain "hub.example" action "back"\n'
        f'match from any for any action "{away}"\n'
    )
    config.chmod(0o600)
    with (folder / "smtpd.log").open("wb") as log:
        server = subprocess.Popen(["smtpd", "-d", "-f", str(config)], stdout=log, stderr=log)
        try:
            _wait(lambda: _answers(port))
            yield port
        finally:
            server.terminate()
            server.wait(20)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            return connection.recv(100).startswith(b"220")
    except OSError:
        return False


def _wait(happens: object) -> None:
    assert callable(happens)
    deadline = time.monotonic() + _SECONDS
    while not happens():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.1)


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder that the mail server's users can get into, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="feedhub-mail-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.timeout(150)
def test_a_real_bounce_finds_its_subscriber(tmp_path: Path, outside: Path) -> None:
    _needs_a_real_server()
    returned = outside / "returned"
    returned.mkdir()
    owner = pwd.getpwnam(_NOBODY)
    os.chown(returned, owner.pw_uid, owner.pw_gid)
    with post_office() as far, open_smtpd(outside, returned, far.port) as port:
        far.scripts["RCPT"] = lambda to, _: (
            "550 5.1.1 no such user" if to.startswith("an@") else None
        )
        hub = MailHub(
            tmp_path,
            f'smtp = "smtp://127.0.0.1:{port}"\nbounces_to = "back@hub.example"\n'
            f'bounce_folder = "{returned}"\n',
        )
        hub.subscribe("an@far.example", "binh@far.example")
        hub.news(1, 2)
        assert hub.digest(SEVEN).sent == 2
        _wait(lambda: far.received and list((returned / "new").glob("*")))
        assert [one.recipient for one in far.received] == ["binh@far.example"]
        hub.digest(SEVEN + HOUR)
        people, outbox = hub.people(), hub.outbox()
        hub.close()
    assert (people, outbox) == ({"active": 1, "ended": 1}, {"failed": 1, "sent": 1})
    (seen,) = (returned / "cur").iterdir()
    assert seen.name.endswith(":2,S")
