"""Every address that is taken from people can be written to."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from feedhub.deliver.message import wire_address
from feedhub.text.addresses import mail_address


@given(st.emails() | st.text(max_size=60) | st.text("a.+-_'!#@", max_size=20))
@example("an@xã.example")
@example("o'brien+tin@Town.Example")
@example("a" * 64 + "@" + "b" * 60 + ".example")
@example("a@" + ".".join(["b" * 60] * 4) + ".example")
def test_what_is_taken_can_be_written_to(typed: str) -> None:
    try:
        taken = mail_address(typed).address
    except ValueError:
        return
    assert wire_address(taken) == taken
