"""The digests' own pages: one for each run that had news, the list of them, how they are doing.

A page is rendered when its run is made and again when one of its stories changed; the page before
it once more, for it then links on.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from feedhub.config.settings import Settings
from feedhub.edit.digests import digest_edition, told_changes
from feedhub.flow.mailing.choosing import Window, Windows
from feedhub.flow.publishing.pages import Laid, Site
from feedhub.flow.publishing.sitemaps import digest_sitemap
from feedhub.model import addresses as at
from feedhub.model.digest import (
    Digest,
    DigestEdition,
    DigestIndex,
    DigestIndexRow,
    DigestRun,
    DigestStanding,
)
from feedhub.render.digest_pages import render_digest, render_digests
from feedhub.store.store import Transaction

__all__ = ["DigestPages", "digest_standings"]

#: runs of a digest that the list of digests shows
_LISTED = 31
#: more runs than any digest will have
_ALL = 1_000_000
#: stories corrected within one window that are looked through
_CHANGED = 500


def digest_standings(settings: Settings, tx: Transaction) -> tuple[DigestStanding, ...]:
    """Return how every digest of the config is doing."""
    due = tx.digests.due()
    return tuple(
        DigestStanding(
            digest=digest,
            last=next(iter(tx.digests.newest(digest.id, 1)), None),
            last_ready=next(iter(tx.digests.newest(digest.id, 1, ready=True)), None),
            next_due=due.get(digest.id),
        )
        for digest in settings.digests
    )


@dataclass(slots=True)
class _Told:
    """What the published pages tell: by digest its newest run and next cut-off; titles by path."""

    digests: dict[str, list[str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)


class DigestPages:
    """The digests' pages at one publishing; ``told`` is the ``memory`` of the last one."""

    def __init__(self, settings: Settings, site: Site, tx: Transaction, told: str | None) -> None:
        self._settings = settings
        self._site = site
        self._tx = tx
        self._told = _Told(**json.loads(told)) if told else _Told()
        self.standings = digest_standings(settings, tx)
        self._now = {
            one.digest.id: [
                one.last.due_at.isoformat() if one.last else "",
                one.next_due.isoformat() if one.next_due else "",
            ]
            for one in self.standings
        }
        self._titles = dict(self._told.titles)

    @property
    def moved(self) -> bool:
        """Whether a digest had a run, or another cut-off is next, since the last publishing."""
        return self._now != self._told.digests

    @property
    def memory(self) -> str:
        """What the next publishing must know."""
        return json.dumps({"digests": self._now, "titles": self._titles}, sort_keys=True)

    def files(self, announced: Collection[int], *, full: bool) -> Laid:
        """Yield what must be rendered: new runs, and those that hold these announcements.

        ``announced`` are the places of changed stories in the order of announcement.
        """
        wanted = list(self._all() if full else self._touched(announced))
        for digest, run in wanted:
            yield from self._page(digest, run)
            self._site.cards.forget()
        if wanted or self.moved or full:
            yield from self._index()

    def _all(self) -> Iterator[tuple[Digest, DigestRun]]:
        for digest in self._settings.digests:
            for run in self._tx.digests.newest(digest.id, _ALL, ready=True):
                yield digest, run

    def _touched(self, announced: Collection[int]) -> Iterator[tuple[Digest, DigestRun]]:
        touched = {run.id: run for run in self._tx.digests.holding(announced)}
        for digest in self._settings.digests:
            last = self._told.digests.get(digest.id, [""])[0]
            for run in self._tx.digests.newest(
                digest.id, _ALL if not last else _LISTED, ready=True
            ):
                touched[run.id] = run
                if run.due_at.isoformat() <= last:
                    break  # the newest page that was there links on to the first new one
        digests = {digest.id: digest for digest in self._settings.digests}
        for run in touched.values():
            if run.digest_id in digests:
                yield digests[run.digest_id], run

    def _edition(self, digest: Digest, run: DigestRun) -> DigestEdition:
        tx, site = self._tx, self._site
        channel = next(one for one in self._settings.channels if one.id == digest.channel)
        window = Window(digest=digest, after=run.after, upto=run.upto)
        # as of the moment the run was made, so that its page keeps its stories
        choice = Windows(self._settings, site.cards, run.made_at).choice(tx, window)
        ids = tx.digests.announced_between(run.after.announced, run.upto.announced)
        begin, end = run.after.at, run.upto.at
        changed = tx.digests.changed_between(begin, end, _CHANGED)
        changes = told_changes(
            site.cards.load(tx, changed), channel, after=begin, upto=end, besides=frozenset(ids)
        )
        stories = choice.stories
        return digest_edition(site.hub, digest, run, stories, changes, left_out=choice.left_out)

    def _page(self, digest: Digest, run: DigestRun) -> Laid:
        edition = self._edition(digest, run)
        earlier, later = self._tx.digests.beside(run)
        first = next((story for part in edition.sections for story in part.stories), None)
        self._titles[edition.path] = first.card.title if first else ""
        for code in self._site.renderer.languages:
            body = render_digest(
                self._site.renderer,
                edition,
                code,
                earlier=earlier.day if earlier else None,
                later=later.day if later else None,
            )
            yield self._site.page(edition.path, code), body

    def _index(self) -> Laid:
        rows: list[DigestIndexRow] = []
        listed: list[str] = []
        for digest in self._settings.digests:
            runs = self._tx.digests.newest(digest.id, _ALL, ready=True)
            paths = [at.digest_path(digest.id, run.day) for run in runs]
            listed += paths
            rows += [
                DigestIndexRow(
                    digest=digest,
                    day=run.day,
                    path=path,
                    stories=run.stories,
                    first_title=self._titles.get(path, ""),
                )
                for run, path in zip(runs[:_LISTED], paths[:_LISTED], strict=True)
            ]
        self._titles = {row.path: row.first_title for row in rows}
        index = DigestIndex(
            digests=self._settings.digests,
            rows=tuple(rows),
            next_due=tuple(
                (one.digest.id, one.next_due) for one in self.standings if one.next_due is not None
            ),
        )
        yield digest_sitemap(self._site.hub, listed)
        for code in self._site.renderer.languages:
            body = render_digests(self._site.renderer, index, code)
            yield self._site.page(at.DIGESTS, code), body
