"""What is remembered of words: made once, and not without end."""

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
