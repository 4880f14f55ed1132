"""What is remembered of words: made once, and not without end."""

from sys import getsizeof

from feedhub.text.remembered import Remembered


def test_a_word_is_made_once_and_a_long_one_whenever_it_is_asked_for() -> None:
    made: list[str] = []

    def shouted(word: str) -> str:
        made.append(word)
        return word.upper()

    remembered = Remembered(shouted)
    long = "x" * 1_000
    assert [remembered[word] for word in ("a", long, "a", long)] == ["A", long.upper()] * 2
    assert made == ["a", long, long]


def test_many_words_are_forgotten_in_time() -> None:
    remembered = Remembered(str.upper)
    for number in range(120_000):
        assert remembered[f"w{number}"] == f"W{number}"
    assert len(remembered) <= 50_000


def test_words_that_much_is_made_of_are_forgotten_sooner() -> None:
    remembered = Remembered(lambda word: tuple(f"{word}{number}" for number in range(160)))
    for number in range(10_000):
        assert len(remembered[f"w{number}"]) == 160
    held = sum(getsizeof(made) + sum(map(getsizeof, made)) for made in remembered.values())
    assert 0 < held <= 16_000_000
