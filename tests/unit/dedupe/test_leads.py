"""Who speaks for a story: the written rule, one difference at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from feedhub.dedupe.leads import Candidate, choose_lead
from feedhub.dedupe.texts import TextDoc

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
BODY = "Phường Kim Long tổ chức ra quân dọn vệ sinh dọc bờ sông vào sáng chủ nhật.\nTin khác."


def entry(
    id_: str,
    *,
    hours: float = 0,
    credit: str = "",
    weight: float = 1.0,
    precise: bool = True,
    seen: float = 24,
    names: tuple[str, ...] = (),
) -> Candidate:
    return Candidate(
        doc=TextDoc(
            id=id_,
            title="Ra quân dọn vệ sinh",
            text=f"{BODY}\n{credit}",
            source=id_,
            published=NOON + timedelta(hours=hours),
        ),
        first_seen=NOON + timedelta(hours=seen),
        names=names or (f"{id_}.example",),
        weight=weight,
        precise=precise,
    )


def test_the_organ_named_in_a_credit_line_leads_even_when_it_is_later() -> None:
    paper = entry("paper", hours=5, names=("Báo Sông Hương", "paper.example"))
    assert choose_lead([entry("ward"), paper]) == "ward"
    assert choose_lead([entry("ward", credit="(Nguồn: Báo Sông Hương)"), paper]) == "paper"
    assert choose_lead([entry("ward", credit="Theo paper.example"), paper]) == "paper"


def test_a_credit_to_oneself_or_to_a_longer_name_is_no_credit_to_another() -> None:
    one, two = entry("ward", credit="Nguồn: ward.example"), entry("city", hours=1)
    assert choose_lead([one, two]) == "ward"
    assert choose_lead([entry("ward", credit="Theo mycity.example"), two]) == "city"


def test_an_entry_that_credits_someone_outside_does_not_lead() -> None:
    assert choose_lead([entry("ward", credit="Theo TTXVN"), entry("city", hours=3)]) == "city"


def test_the_earliest_leads_and_weight_decides_between_equals() -> None:
    assert choose_lead([entry("b", hours=1), entry("a", hours=2)]) == "b"
    assert choose_lead([entry("b", weight=1), entry("a", weight=2), entry("c")]) == "a"


def test_a_day_without_a_time_is_not_earlier_than_a_morning_of_that_day() -> None:
    vietnam = timezone(timedelta(hours=7))
    midnight = entry("reprint", hours=-19, precise=False, seen=9)  # 00:00 at +07:00
    morning = entry("original", hours=-10, seen=2)
    assert choose_lead([midnight, morning], timezone=vietnam) == "original"


def test_a_published_lead_stays_while_it_is_there() -> None:
    earlier, later = entry("early"), entry("late", hours=3)
    assert choose_lead([earlier, later], current="late") == "late"
    assert choose_lead([earlier], current="late") == "early"


def test_no_entries_no_lead() -> None:
    with pytest.raises(ValueError, match="without entries"):
        choose_lead([])
