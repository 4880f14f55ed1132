"""What is unusual about a source, told as its operator would put it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.model.entry import DateUsed, Dating, Entry, Precision
from feedhub.model.trouble import Notice, PullFacts, Trouble, TroubleKind
from feedhub.watch.judge import judge, judge_unchanged, notices
from feedhub.watch.network import network_is_down
from feedhub.watch.normal import Normal, facts_of, learn

#: a Monday, 10:00 in Huế
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HUE = "Asia/Ho_Chi_Minh"


def working_days(weeks: int = 12, *, until: datetime = NOW) -> tuple[datetime, ...]:
    """News every working morning up to a moment."""
    days = (until - timedelta(days=number) for number in range(weeks * 7))
    return tuple(day for day in days if day.weekday() < 5)


def pull(**facts: int) -> PullFacts:
    usual = {
        "listed": 20,
        "new": 1,
        "size": 40_000,
        "dated": 20,
        "linked": 20,
        "summarised": 20,
        "illustrated": 18,
        "signed": 0,
    }
    return PullFacts(at=NOW, **{**usual, **facts})


def past(count: int = 40, **facts: int) -> list[PullFacts]:
    """Pulls every six hours, the first of which brought the backlog."""
    usual = [
        replace(pull(**facts), at=NOW - timedelta(hours=6 * number))
        for number in range(1, count + 1)
    ]
    return [*usual[:-1], replace(usual[-1], new=usual[-1].listed)]


def usual(news: tuple[datetime, ...] = working_days(), **facts: int) -> Normal:
    return learn(past(**facts), news, NOW, timezone=HUE)


def kinds(troubles: tuple[Trouble, ...]) -> set[TroubleKind]:
    return {trouble.kind for trouble in troubles}


def test_a_usual_pull_is_no_news() -> None:
    assert judge(usual(), pull(), NOW) == ()


def test_a_pull_of_nothing_new_is_no_news() -> None:
    assert judge(usual(), pull(new=0), NOW) == ()


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_the_first_pulls_are_exempt(count: int) -> None:
    normal = learn(past(count) if count else [], (), NOW)
    assert judge(normal, pull(listed=500, new=500, dated=0, linked=0, summarised=0), NOW) == ()


def test_an_empty_list_is_told_and_held() -> None:
    (trouble,) = judge(usual(), pull(listed=0, new=0, dated=0, size=300), NOW)
    assert trouble.kind is TroubleKind.EMPTY
    assert trouble.words.startswith("0 of the usual 20 entries")
    assert trouble.hold


def test_a_source_that_is_often_empty_may_be_empty() -> None:
    normal = usual(listed=0, new=0, dated=0, linked=0, summarised=0, illustrated=0)
    assert judge(normal, pull(listed=0, new=0), NOW) == ()


def test_a_list_that_lost_nearly_all_is_told_and_held() -> None:
    (trouble,) = judge(usual(), pull(listed=3, new=0, dated=3), NOW)
    assert trouble == Trouble(
        kind=TroubleKind.SHRUNKEN, words="only 3 of the usual 20 entries", hold=True
    )


@pytest.mark.parametrize("listed", [4, 10, 19, 200])
def test_a_list_may_vary(listed: int) -> None:
    facts = dict.fromkeys(("dated", "linked", "summarised", "illustrated"), listed)
    assert judge(usual(), pull(listed=listed, **facts), NOW) == ()


def test_a_list_that_was_always_short_now_and_then_is_no_news() -> None:
    history = past()
    varied = [
        replace(one, listed=2, dated=2) if index % 8 == 0 else one
        for index, one in enumerate(history)
    ]
    normal = learn(varied, working_days(), NOW)
    assert judge(normal, pull(listed=3, new=0, dated=3), NOW) == ()


def test_a_flood_is_told_and_held() -> None:
    (trouble,) = judge(usual(), pull(listed=80, new=60, dated=80, linked=80, summarised=80), NOW)
    assert trouble.kind is TroubleKind.FLOODING
    assert trouble.words.startswith("60 new entries at once")
    assert trouble.hold


def test_much_news_after_a_long_pause_of_ours_is_no_flood() -> None:
    history = [replace(one, at=one.at - timedelta(weeks=4)) for one in past()]
    normal = learn(history, working_days() * 1, NOW)
    busy = replace(normal, per_week=10.0)
    assert judge(busy, pull(new=20), NOW) == ()


def test_entries_that_lost_their_dates_are_told_and_held() -> None:
    (trouble,) = judge(usual(), pull(dated=0), NOW)
    assert trouble.kind is TroubleKind.UNDATED
    assert "20 of 20 entries carry no date" in trouble.words
    assert trouble.hold


def test_a_source_without_dates_is_never_told_to_be_undated() -> None:
    assert judge(usual(dated=0), pull(dated=0), NOW) == ()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"new": 20}, "all 20 entries are new at once"),
        ({"summarised": 0, "illustrated": 1}, "no entry has a summary or an image any more"),
        ({"rejected": 15}, "15 of 20 rows are no entries"),
    ],
)
def test_a_redesign_is_told_and_held(facts: dict[str, int], words: str) -> None:
    troubles = judge(usual(), pull(**facts), NOW)
    assert TroubleKind.REDESIGNED in kinds(troubles)
    assert any(words in trouble.words and trouble.hold for trouble in troubles)


def test_one_field_that_went_is_no_redesign() -> None:
    assert judge(usual(), pull(illustrated=0), NOW) == ()


def test_a_source_that_renews_its_whole_list_may_do_so() -> None:
    assert judge(usual(new=20), pull(new=20), NOW) == ()


def at(days: int) -> datetime:
    return NOW + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "late"),
    [(1, False), (2, False), (3, True), (5, True), (100, True)],
)
def test_a_source_of_every_working_day_is_late_after_two_silent_ones(
    days: int, *, late: bool
) -> None:
    # the latest news is Monday's, so on Thursday two working days have passed without any
    troubles = judge(usual(), pull(new=0), at(days))
    assert (TroubleKind.LATE in kinds(troubles)) == late


def test_a_weekend_is_no_silence() -> None:
    friday = NOW - timedelta(days=3)
    normal = learn(past(), working_days(until=friday), NOW, timezone=HUE)
    assert judge(normal, pull(new=0), NOW) == ()


def test_a_source_of_every_day_is_late_sooner_than_one_of_every_week() -> None:
    weekly = tuple(NOW - timedelta(weeks=number) for number in range(12))
    normal = learn(past(), weekly, NOW, timezone=HUE)
    late = [day for day in range(200) if judge(normal, pull(new=0), at(day))]
    assert 8 <= late[0] <= 40


def test_the_days_of_silence_are_told() -> None:
    (trouble,) = judge(usual(), pull(new=0), at(10))
    assert trouble.words == (
        "nothing new for 10 days, where there is usually news on 5 days a week"
    )
    assert not trouble.hold


def test_a_source_known_for_two_weeks_is_not_called_late() -> None:
    assert judge(usual(working_days(2)), pull(new=0), at(60)) == ()


def test_a_dead_source_stays_late_for_good() -> None:
    normal = learn(past(), working_days(), at(400), timezone=HUE)
    assert kinds(judge(normal, pull(new=0), at(400))) == {TroubleKind.LATE}


def test_news_ends_a_silence() -> None:
    assert judge(usual(), pull(new=1), at(30)) == ()


def test_steady_sources_raise_no_alarm_in_a_year() -> None:
    """Random but steady sources: hardly a false word in a year of days."""
    alarms = 0
    for seed in range(20):
        random = Random(seed)
        rate = random.choice([0.3, 0.6, 0.95])
        news = [
            NOW + timedelta(days=day)
            for day in range(-100, 365)
            if (NOW + timedelta(days=day)).weekday() < 5 and random.random() < rate
        ]
        late = False
        for day in range(365):
            known = [moment for moment in news if moment <= at(day)]
            found = judge(learn(past(), known, at(day), timezone=HUE), pull(new=0), at(day))
            alarms += bool(found) and not late
            late = bool(found)
    assert alarms <= 10  # in twenty years of sources


def test_each_kind_is_told_once_and_its_end_once() -> None:
    late = Trouble(kind=TroubleKind.LATE, words="nothing new for 3 days")
    empty = Trouble(kind=TroubleKind.EMPTY, words="0 of the usual 20 entries", hold=True)
    assert notices((), (late,)) == (Notice(kind=TroubleKind.LATE, words=late.words),)
    assert notices({TroubleKind.LATE}, (late,)) == ()
    assert notices({TroubleKind.LATE}, (late, empty)) == (
        Notice(kind=TroubleKind.EMPTY, words=empty.words),
    )
    assert notices({TroubleKind.LATE, TroubleKind.EMPTY}, (empty,)) == (
        Notice(kind=TroubleKind.LATE, words="it has news again", over=True),
    )
    assert notices(set(TroubleKind), ()) == tuple(
        Notice(kind=kind, words=notice.words, over=True)
        for kind, notice in zip(TroubleKind, notices(set(TroubleKind), ()), strict=True)
    )


def test_an_unchanged_document_keeps_its_troubles_and_may_grow_late() -> None:
    empty = Trouble(kind=TroubleKind.EMPTY, words="0 of the usual 20 entries", hold=True)
    assert judge_unchanged(usual(), (empty,), NOW) == (empty,)
    assert kinds(judge_unchanged(usual(), (empty,), at(9))) == {
        TroubleKind.EMPTY,
        TroubleKind.LATE,
    }
    late = judge_unchanged(usual(), (), at(9))
    assert judge_unchanged(usual(), late, NOW) == ()


def test_counts_what_entries_carry() -> None:
    dated = Dating(at=NOW, precision=Precision.DAY)
    guessed = replace(dated, used=DateUsed.FIRST_SEEN)
    bare = Entry(source_id="x", guid="", link="", link_key="", title="Tin", published=guessed)
    rich = replace(
        bare, link="http://x/", published=dated, text="x", image="http://x/i", authors=("A",)
    )
    facts = facts_of((bare, rich), at=NOW, listed=3, new=2, rejected=1, size=9)
    assert facts == PullFacts(
        at=NOW,
        listed=3,
        new=2,
        rejected=1,
        size=9,
        dated=1,
        linked=1,
        summarised=1,
        illustrated=1,
        signed=1,
    )


def test_what_lies_in_the_future_is_not_learnt_from() -> None:
    news = (*working_days(), NOW + timedelta(days=300))
    assert learn(past(), news, NOW, timezone=HUE) == usual()


@pytest.mark.parametrize(
    ("attempts", "down"),
    [
        ([("a", False), ("b", False), ("c", False)], True),
        ([("a", False), ("b", False), ("c", True)], False),
        ([("a", False)] * 50, False),
        ([], False),
    ],
)
def test_when_nobody_answers_it_is_the_network(
    attempts: list[tuple[str, bool]], *, down: bool
) -> None:
    assert network_is_down(attempts) == down


counts = st.integers(0, 500)
facts = st.builds(
    PullFacts,
    at=st.timedeltas(timedelta(days=-200), timedelta(days=5)).map(lambda gap: NOW + gap),
    listed=counts,
    new=counts,
    rejected=counts,
    size=counts,
    dated=counts,
    linked=counts,
    summarised=counts,
    illustrated=counts,
    signed=counts,
)


@given(
    st.lists(facts, max_size=20),
    st.lists(st.timedeltas(timedelta(days=-900), timedelta(days=9)), max_size=30),
    facts,
)
def test_every_past_can_be_learnt_from(
    history: list[PullFacts], gaps: list[timedelta], latest: PullFacts
) -> None:
    normal = learn(history, [NOW + gap for gap in gaps], NOW, timezone=HUE)
    assert all(0 <= likely <= 1 for likely in normal.active_days)
    assert all(0 <= share <= 1 for _, share in normal.fill)
    troubles = judge(normal, latest, NOW)
    assert len(kinds(troubles)) == len(troubles)
    assert learn(history[::-1], [NOW + gap for gap in gaps[::-1]], NOW, timezone=HUE).rows == (
        normal.rows
    ) or len({one.at for one in history}) < len(history)
