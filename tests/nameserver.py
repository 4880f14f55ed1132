"""A DNS server on loopback that knows what a test tells it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.message
import dns.rcode
import dns.rrset

#: records in zone file form by name (with its last dot) and type
Answers = Mapping[tuple[str, str], Sequence[str]]


@contextmanager
def name_server(answers: Answers) -> Iterator[int]:
    """Run a server while the block runs; yield its port. ``broken.example`` always fails."""
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(door, answers), daemon=True)
    thread.start()
    try:
        yield int(door.getsockname()[1])
    finally:
        door.sendto(b"", door.getsockname())
        thread.join(5)
        door.close()


def _serve(door: socket.socket, answers: Answers) -> None:
    known = {name for name, _ in answers}
    while True:
        data, whom = door.recvfrom(2000)
        if not data:
            return
        question = dns.message.from_wire(data)
        answer = dns.message.make_response(question)
        name, kind = question.question[0].name, question.question[0].rdtype.name
        if str(name) == "broken.example.":
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif (str(name), kind) in answers:
            rows = answers[str(name), kind]
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *rows))
        elif str(name) not in known:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        door.sendto(answer.to_wire(), whom)
