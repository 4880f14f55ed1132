"""Letters: the digest by mail, and the short ones around it. Subject, plain text and HTML.

- ``render_digest_letter``: a digest for one person
- ``render_confirm_letter``: asks whether an address is its owner's own
- ``render_change_letter``: tells a subscriber where to change the choices
- ``render_alert_letter``: tells operators of troubles

Both parts of a letter carry the same stories and the same addresses. The HTML loads nothing: no
picture, no style sheet, no font, nothing that tells when it is read. Same values, same letter.
"""

from __future__ import annotations

from collections.abc import Sequence

from feedhub.model.channel import Hub
from feedhub.model.digest import Digest, DigestEdition
from feedhub.model.mail import Letter, Links
from feedhub.model.trouble import Notice
from feedhub.render.digest_words import digest_title
from feedhub.render.language import Language, language
from feedhub.render.letter_contents import DigestContents, LetterLink, digest_contents
from feedhub.render.letter_html import HTML_LIMIT, fitting, letter_html
from feedhub.render.letter_text import digest_text, notice_text
from feedhub.render.safety import title_text
from feedhub.text.excerpts import excerpt

__all__ = [
    "HTML_LIMIT",
    "render_alert_letter",
    "render_change_letter",
    "render_confirm_letter",
    "render_digest_letter",
]

#: characters of a subject (RFC 5322, section 2.1.1: a line of 78)
_SUBJECT = 78
#: troubles told in one letter
_ALERTS = 100


def render_digest_letter(
    edition: DigestEdition, *, language: str, timezone: str, links: Links, postal_address: str
) -> Letter:
    """Return a digest as a letter, cut by whole stories to ``HTML_LIMIT`` bytes of HTML.

    ``language`` is the code of the reader's language (English for an unknown one), ``timezone`` the
    IANA zone in which times are told, ``postal_address`` that of who sends (may have several
    lines). What is cut stands on the digest's page, which both parts link to.
    """
    words = _language(language)
    whole = digest_contents(edition, words, timezone)
    subject = _digest_subject(whole, words)
    own = _own_links(whole, links, words)
    why = words.gettext(
        "You get this mail because this address is subscribed to “%(digest)s” of %(hub)s."
    ) % {"digest": whole.title, "hub": whole.hub}
    sender = _sender(edition.hub, postal_address)

    def html(contents: DigestContents) -> str:
        values = {"contents": contents, "links": own, "why": why, "sender": sender}
        return letter_html("letters/digest.html", words, subject, values)

    kept, body = fitting(whole, html)
    text = digest_text(kept, words, own, why, sender)
    return Letter(subject=subject, text=text, html=body, language=words.code)


def render_confirm_letter(
    hub: Hub,
    digests: Sequence[Digest],
    *,
    language: str,
    links: Links,
    hours: int = 48,
    postal_address: str = "",
) -> Letter:
    """Return the letter that asks for confirmation at ``links.confirm``, valid for ``hours``."""
    words = _language(language)
    say, site = words.gettext, title_text(hub.title)
    paragraphs = [
        say(
            "Somebody, most likely you, asked that %(hub)s send news to this address: %(digests)s."
            " Please confirm that you want this."
        )
        % {"hub": site, "digests": _titles(digests, words)},
        say("The address above is good for %(hours)s hours.") % {"hours": words.number(hours)},
        say("If it was not you, do nothing: nothing will be sent, and this address is forgotten."),
    ]
    return _notice(
        hub,
        words,
        subject=say("Please confirm your subscription: %(hub)s") % {"hub": site},
        title=say("Please confirm your subscription"),
        paragraphs=paragraphs,
        link=LetterLink(say("Yes, send me the news"), links.confirm),
        postal_address=postal_address,
    )


def render_change_letter(
    hub: Hub, digests: Sequence[Digest], *, language: str, links: Links, postal_address: str = ""
) -> Letter:
    """Return the letter that leads a subscriber to ``links.change``.

    It goes to who asked for it, and to who signs up once more.
    """
    words = _language(language)
    say, site = words.gettext, title_text(hub.title)
    paragraphs = [
        say("This address already receives from %(hub)s: %(digests)s. Change or end it here.")
        % {"hub": site, "digests": _titles(digests, words)},
        say("Whoever has this mail can change your choices, so do not pass it on."),
        say("If you did not ask for this mail, do nothing: nothing changes."),
    ]
    return _notice(
        hub,
        words,
        subject=say("Your subscription: %(hub)s") % {"hub": site},
        title=say("Your subscription"),
        paragraphs=paragraphs,
        link=LetterLink(say("Change your choices"), links.change),
        postal_address=postal_address,
    )


def render_alert_letter(
    hub: Hub, notices: Sequence[tuple[str, Notice]], *, language: str
) -> Letter:
    """Return the letter that tells operators what is new about the sources.

    ``notices`` are (name of the source, notice), the oldest first; the name is empty where a notice
    is about no single source. Raises ``ValueError`` when there is none.
    """
    if not notices:
        raise ValueError("an alert needs at least one notice")
    words = _language(language)
    say = words.gettext
    lines = [_alert(name, notice, words) for name, notice in notices[:_ALERTS]]
    if len(notices) > _ALERTS:
        number = words.number(len(notices) - _ALERTS)
        lines.append(say("and %(number)s more notices") % {"number": number})
    subject = lines[0]
    if len(notices) > 1:
        form = words.ngettext("%(number)s notice", "%(number)s notices", len(notices))
        subject = f"{form % {'number': words.number(len(notices))}}: {subject}"
    return _notice(
        hub,
        words,
        subject=subject,
        title=say("What is new about the sources"),
        paragraphs=lines,
    )


def _language(code: str) -> Language:
    return language(code)


def _alert(name: str, notice: Notice, words: Language) -> str:
    subject = title_text(name, instead=words.gettext("The hub's network"))
    told = title_text(notice.words)
    if notice.over:
        told = words.gettext("over: %(words)s") % {"words": told}
    return f"{subject}: {told}"


def _titles(digests: Sequence[Digest], words: Language) -> str:
    return ", ".join(dict.fromkeys(digest_title(digest, words) for digest in digests))


def _digest_subject(contents: DigestContents, words: Language) -> str:
    """The first title and how much more there is, in one short line."""
    titles = [story.title.name for section in contents.sections for story in section.stories]
    rest = ""
    if not titles:
        titles = [f"{change.mark}: {change.title.name}" for change in contents.corrections]
        if not titles:
            return _subject(f"{contents.title}, {contents.day}")
        if len(contents.corrections) > 1:
            form = words.ngettext(
                "and %(number)s more correction",
                "and %(number)s more corrections",
                len(contents.corrections) - 1,
            )
            rest = form % {"number": words.number(len(contents.corrections) - 1)}
    elif len(titles) > 1:
        form = words.ngettext(
            "and %(number)s more story", "and %(number)s more stories", len(titles) - 1
        )
        rest = form % {"number": words.number(len(titles) - 1)}
    first = _subject(titles[0][:1].upper() + titles[0][1:], _SUBJECT - len(rest) - bool(rest))
    return f"{first or contents.title} {rest}".rstrip()


def _subject(text: str, limit: int = _SUBJECT) -> str:
    """A line without control characters, invisible or of direction, cut at a word."""
    flat = " ".join("".join(filter(_is_shown, title_text(text))).split())
    return flat if len(flat) <= limit else excerpt(flat, limit - 1)


def _is_shown(character: str) -> bool:
    # joiners shape letters of Indian and Arabic scripts and combine emoji
    return character.isprintable() or character in "\u200c\u200d"


def _own_links(contents: DigestContents, links: Links, words: Language) -> tuple[LetterLink, ...]:
    say = words.gettext
    found = (
        LetterLink(say("Read on the web"), contents.web),
        LetterLink(say("Change your choices"), links.change),
        LetterLink(say("Unsubscribe"), links.unsubscribe),
    )
    return tuple(link for link in found if link.address)


def _sender(hub: Hub, postal_address: str) -> tuple[LetterLink, ...]:
    """Who sends, line by line; the last lines are addresses to go or write to."""
    lines = [title_text(hub.title), *map(title_text, postal_address.splitlines())]
    contact = hub.contact if ":" in hub.contact or not hub.contact else f"mailto:{hub.contact}"
    found = [LetterLink(line, "") for line in lines if line]
    found.append(LetterLink("", hub.base_url))
    if contact:
        found.append(LetterLink(title_text(contact.removeprefix("mailto:")), contact))
    return tuple(found)


def _notice(
    hub: Hub,
    words: Language,
    *,
    subject: str,
    title: str,
    paragraphs: Sequence[str],
    link: LetterLink | None = None,
    postal_address: str = "",
) -> Letter:
    """A short letter."""
    subject = _subject(subject)
    sender = _sender(hub, postal_address)
    values = {
        "site": title_text(hub.title),
        "heading": title,
        "paragraphs": paragraphs,
        "link": link,
        "sender": sender,
    }
    return Letter(
        subject=subject,
        text=notice_text(paragraphs, link, sender),
        html=letter_html("letters/notice.html", words, subject, values),
        language=words.code,
    )
