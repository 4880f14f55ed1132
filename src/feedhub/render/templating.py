"""Templates, ours or the operator's of the same name: what they may call, how they may fail."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from feedhub.errors import ConfigError
from feedhub.model import addresses
from feedhub.model.channel import Hub
from feedhub.model.edition import Printing, StoryCard
from feedhub.model.entry import DateUsed, Dating, Precision
from feedhub.render.body import page_body
from feedhub.render.difference import difference
from feedhub.render.digest_words import digest_title, rhythm_words
from feedhub.render.frames import Frame
from feedhub.render.language import Language, language
from feedhub.render.safety import language_tag, title_text, uri
from feedhub.text.excerpts import first_sentence

__all__ = ["Templates", "worded"]

#: letters of the one sentence under a title in a list of stories
_TEASER = 200


def worded(kind: type[Environment], loader: BaseLoader, words: Language) -> Environment:
    """Return an environment that escapes, takes no missing value, and speaks a language."""
    environment = kind(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # from the extension
        words.gettext, words.ngettext, newstyle=True
    )
    return environment


class Templates:
    """The templates of one hub, an environment per language of the interface."""

    def __init__(self, hub: Hub, overrides: Path | None, style_path: str) -> None:
        self._hub = hub
        self._style_path = style_path
        self._has_own = overrides is not None
        self._loader: BaseLoader = PackageLoader("feedhub.render", "templates")
        if overrides is not None:
            self._loader = ChoiceLoader([FileSystemLoader(overrides), self._loader])
        self._environment = lru_cache(maxsize=None)(self._new_environment)

    def render(self, name: str, frame: Frame, values: dict[str, Any]) -> bytes:
        """Return the page. Raises ``ConfigError`` with file and line for a broken template."""
        environment = self._environment(frame.words.code)
        try:
            template = environment.get_template(name)
            text = template.render(frame=frame, hub=self._hub, **values)
        except TemplateSyntaxError as error:
            raise ConfigError(
                f"broken template: {error.message}", file=error.filename, line=error.lineno
            ) from error
        except (TemplateError, TypeError, AttributeError, ValueError, KeyError) as error:
            file, line = _place(error)
            if file is None:
                raise
            raise ConfigError(f"broken template: {error}", file=file, line=line) from error
        return text.encode("utf-8", "replace")

    def _new_environment(self, code: str) -> Environment:
        words = language(code)
        zone = self._hub.timezone
        # the sandbox is for templates that are not ours; ours gain a third of the time without it
        kind = SandboxedEnvironment if self._has_own else Environment
        environment = worded(kind, self._loader, words)
        environment.filters |= {
            "number": words.number,
            "day": words.day,
            "short_day": words.short_day,
            "moment": partial(_moment, words=words, zone=zone),
            "clock": partial(_clock, words=words, zone=zone),
            "dated": partial(_dated, words=words, zone=zone),
            "title_text": title_text,
            "sentence": partial(first_sentence, limit=_TEASER),
            "uri": uri,
            "difference": difference,
        }
        functions: dict[str, Callable[..., Any]] = {
            "lang": partial(_lang, words=words),
            "body": partial(_body, picture=words.gettext("Picture")),
            "month_name": words.month,
            "weekdays": words.weekdays,
            "versions": _versions,
            "standing": _standing,
            "chart": _chart,
            "digest_title": partial(digest_title, words=words),
            "rhythm": partial(rhythm_words, words=words),
        }
        environment.globals |= functions
        environment.globals["at"] = addresses
        environment.globals["style_path"] = self._style_path
        environment.globals["zone"] = words.zone(zone)
        return environment


def _place(error: BaseException) -> tuple[str | None, int | None]:
    """The innermost template line that an error passed through."""
    frames = traceback.extract_tb(error.__traceback__)
    found = [(one.filename, one.lineno) for one in frames if one.filename.endswith(".html")]
    return found[-1] if found else (None, None)


def _moment(value: Any, *, words: Language, zone: str) -> Markup:
    """A moment with day and time, as a ``<time>`` element."""
    return Markup('<time datetime="{}">{}</time>').format(
        value.isoformat(timespec="seconds"), words.moment(value, zone)
    )


def _clock(value: Any, *, words: Language, zone: str) -> Markup:
    """A moment's time of day, as a ``<time>`` element."""
    return Markup('<time datetime="{}">{}</time>').format(
        value.isoformat(timespec="seconds"), words.time(value, zone)
    )


def _dated(value: Dating, *, words: Language, zone: str) -> Markup:
    """A date as exactly as it is known; a first sight says so."""
    machine = {
        Precision.YEAR: f"{value.at:%Y}",
        Precision.MONTH: f"{value.at:%Y-%m}",
        Precision.DAY: words.local_day(value.at, zone).isoformat(),
    }.get(value.precision, value.at.isoformat(timespec="seconds"))
    shown = Markup('<time datetime="{}">{}</time>').format(machine, words.dating(value, zone))
    if value.used is DateUsed.FIRST_SEEN:
        return Markup("{} {}").format(words.gettext("first seen"), shown)
    return shown


def _lang(code: str, *, words: Language) -> Markup:
    """`` lang="..."`` where a text is in another language than the page."""
    tag = language_tag(code)
    if not tag or tag == words.code:
        return Markup()
    return Markup(' lang="{}"').format(tag)


def _body(card: StoryCard, *, picture: str) -> Markup:
    """A story's text: its HTML, or its plain text in paragraphs."""
    html = page_body(card.content, card.lead.link, picture)
    if html:
        return html
    lines = [line for line in (card.text or card.summary).split("\n") if line.strip()]
    return Markup("").join(Markup("<p>{}</p>\n").format(line) for line in lines)


def _versions(printing: Printing) -> list[dict[str, Any]]:
    """An entry's changes, newest first: what each text was and what it became."""
    texts = [(revision.title, revision.text) for revision in printing.revisions]
    after = [*texts[1:], (printing.title, printing.text)]
    changes = [
        {
            "when": revision.replaced_at,
            "significant": revision.significant,
            "changes": revision.changes,
            "title": difference(before[0], then[0]),
            "text": difference(before[1], then[1]),
        }
        for revision, before, then in zip(printing.revisions, texts, after, strict=True)
    ]
    return list(reversed(changes))


def _standing(printings: Iterable[Printing]) -> list[Printing]:
    return [printing for printing in printings if printing.withdrawn_at is None]


def _chart(per_day: tuple[tuple[Any, int], ...]) -> list[dict[str, Any]]:
    """Bars of a chart 280 wide and 60 high, one per day."""
    highest = max((count for _, count in per_day), default=0) or 1
    width = 280 / max(1, len(per_day))
    return [
        {
            "x": round(index * width, 1),
            "width": round(width - 2, 1),
            "height": round(56 * count / highest, 1) or (0.8 if not count else 1),
            "day": day,
            "count": count,
        }
        for index, (day, count) in enumerate(per_day)
    ]
