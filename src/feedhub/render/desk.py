"""The pages of the hub's desk: signing up, confirming, changing, leaving. None is for robots."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.dates import get_timezone_location

from feedhub.model import addresses as at
from feedhub.model.channel import Hub
from feedhub.model.signup import ChoicesPage, DeskPage, DeskStep, DigestOption, WishTrouble
from feedhub.render.digest_words import digest_title
from feedhub.render.language import Language, language
from feedhub.render.pages import Pages
from feedhub.render.safety import title_text
from feedhub.text.zones import all_timezones, timezones

__all__ = ["render_choices", "render_step", "sign_up_words"]

#: a heading, and zones with their names for people
_Group = tuple[str, tuple[tuple[str, str], ...]]

_HOURS = tuple(f"{hour:02}:00" for hour in range(24))
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: continents as babel knows them (UN M49), by the first part of a zone's name
_AREAS = {
    "Africa": "002",
    "America": "019",
    "Asia": "142",
    "Europe": "150",
    "Pacific": "009",
    "Australia": "AU",
    "Antarctica": "AQ",
}

#: the page that a step stands on
_PATHS = {
    DeskStep.ASK_CONFIRM: at.CONFIRM,
    DeskStep.CONFIRMED: at.CONFIRM,
    DeskStep.ASK_LEAVE: at.UNSUBSCRIBE,
    DeskStep.LEFT: at.UNSUBSCRIBE,
}


def sign_up_words(hub: Hub, code: str) -> str:
    """Return the words that somebody agrees to by signing up, as the page shows them."""
    say = language(code).gettext
    return say(
        "By signing up you agree that %(hub)s sends what you chose to this address. It is used for"
        " nothing else, and you can end it at any time with one press in every mail."
    ) % {"hub": title_text(hub.title)}


def render_choices(pages: Pages, page: ChoicesPage, code: str) -> bytes:
    """``/subscribe`` and ``/change``: the form of all choices, with what is wrong with it."""
    words = language(code)
    say = words.gettext
    title = say("Your choices") if page.token else say("Get the news by e-mail")
    path = f"{at.CHANGE}?token={page.token}" if page.token else at.SUBSCRIBE
    troubles = _trouble_words(words)
    return pages.personal(
        "choices.html",
        code,
        path=path,
        title=say("Error: %(title)s") % {"title": title} if page.troubles else title,
        heading=title,
        page=page,
        troubles={str(one): troubles[one] for one in page.troubles},
        digests=[(one, digest_title(one.digest, words), _hours(one)) for one in page.digests],
        weekdays_of=tuple(zip(_WEEKDAYS, (full for _, full in words.weekdays()), strict=True)),
        zones=_zones(words.code, pages.hub.timezone, page.timezone),
        tongues=[(other, language(other).own_name) for other in pages.languages],
        consent=sign_up_words(pages.hub, code),
    )


def render_step(pages: Pages, page: DeskPage, code: str) -> bytes:
    """The other pages of the desk: a button to press, or what has been done."""
    words = language(code)
    path = _PATHS.get(page.step, at.SUBSCRIBE)
    return pages.personal(
        "step.html",
        code,
        path=f"{path}?token={page.token}" if page.step in _PATHS else path,
        title=_title(page.step, words),
        page=page,
        digests=[_line(one, words) for one in page.digests],
        zone_name=words.zone(page.timezone) if page.timezone else "",
    )


def _line(option: DigestOption, words: Language) -> str:
    """A digest with the time at which it comes."""
    name = digest_title(option.digest, words)
    if option.digest.rhythm.every != "week":
        return words.gettext("%(digest)s, at %(time)s") % {"digest": name, "time": option.at}
    weekday = words.weekdays()[_WEEKDAYS.index(option.on)][1]
    values = {"digest": name, "weekday": weekday, "time": option.at}
    return words.gettext("%(digest)s, %(weekday)s at %(time)s") % values


def _hours(option: DigestOption) -> tuple[str, ...]:
    return tuple(sorted({*_HOURS, option.at, option.digest.rhythm.at}))


def _trouble_words(words: Language) -> dict[WishTrouble, tuple[str, str]]:
    """For each trouble what to do, and the field that it is about."""
    say = words.gettext
    return {
        WishTrouble.NO_ADDRESS: (say("Enter your e-mail address"), "address"),
        WishTrouble.BAD_ADDRESS: (
            say("Enter an e-mail address in the right form, like name@town.example"),
            "address",
        ),
        WishTrouble.NO_DIGEST: (say("Choose at least one digest"), "digests"),
        WishTrouble.NO_SUCH_CHOICE: (
            say("Choose time, time zone and language from what is offered"),
            "zone",
        ),
    }


def _title(step: DeskStep, words: Language) -> str:
    say = words.gettext
    titles = {
        DeskStep.LETTER_SENT: say("Please look into your mailbox"),
        DeskStep.ASK_CONFIRM: say("Please confirm your subscription"),
        DeskStep.CONFIRMED: say("The news will come to you"),
        DeskStep.ASK_LEAVE: say("Stop the mails?"),
        DeskStep.LEFT: say("You get no more mails from us"),
        DeskStep.NOT_SUBSCRIBED: say("This address gets no mails from us"),
        DeskStep.LINK_TOO_OLD: say("This link is too old"),
        DeskStep.BAD_LINK: say("This link does not work"),
        DeskStep.TOO_OFTEN: say("Just a moment, please"),
    }
    return titles[step]


def _zones(code: str, own: str, chosen: str) -> tuple[_Group, ...]:
    """All time zones in groups with their headings; the hub's own stands alone at the top.

    So does the one that somebody chose by a name that is no longer offered.
    """
    (heading, first), *others = _offered_zones(code, own)
    if chosen in all_timezones() and chosen not in timezones() and chosen != own:
        first = (*first, (chosen, chosen))
    return ((heading, first), *others)


@lru_cache(maxsize=8)
def _offered_zones(code: str, own: str) -> tuple[_Group, ...]:
    locale = Locale.parse(code, sep="-")
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in timezones():
        area = name.partition("/")[0]
        heading = locale.territories.get(_AREAS.get(area, ""), area)
        city = str(get_timezone_location(name, locale=locale, return_city=True))
        groups.setdefault(heading, []).append((name, city.replace("/", " / ")))
    utc = groups.pop("UTC")
    ordered = sorted(groups.items())
    first = (own, language(code).zone(own))
    return (
        ("", (first, *utc)),
        *((heading, tuple(sorted(found, key=lambda one: one[1]))) for heading, found in ordered),
    )
