"""The words around an article on town portals and news pages, in the languages we meet.

All patterns run on `bare` text (lower case, no diacritics) of lines of at most 200 characters.
Sources: the page shapes of ``docs/decisions/020`` and the wording of common CMSs (DotNetNuke,
NukeViet, Liferay, SharePoint, Joomla, WordPress, CivicPlus) in their shipped translations.
"""

from __future__ import annotations

import re
from functools import lru_cache

from feedhub.text.folding import bare

__all__ = [
    "bare_line",
    "ends_sentence",
    "is_date_label",
    "is_denied_date",
    "is_generic_title",
    "is_stop",
    "is_tail_note",
    "is_tool",
    "is_update_label",
    "names_role",
    "strip_byline",
]

_LONGEST = 200
_SENTENCE_END = re.compile(r"""[.!?:;…,。！？、：।۔؟]["”’')」）]{0,3}\s{0,3}$""")


@lru_cache(maxsize=8192)
def bare_line(text: str) -> str:
    """Return the comparison form of a line's first 200 characters."""
    return bare(text[:_LONGEST])


def _any(*alternatives: str) -> str:
    return "(?:" + "|".join(alternatives) + ")"


#: labels that say a date is the article's
_DATE_LABEL = re.compile(
    r"(?<![a-z])"
    + _any(
        # Vietnamese
        r"ngay (?:cap nhat|dang|tao|xuat ban|phat hanh|gui|viet|dua tin|dang tin|dang bai|post)",
        r"(?:dang|cap nhat|xuat ban|gui|viet|dua|post|tao) (?:luc|ngay|vao|boi|tin)",
        r"(?:cap nhat|thoi gian|thoi gian dang|cap nhat lan cuoi)(?= ?:| ?\d)",
        r"(?:tin dang|bai dang|da dang)(?: luc| ngay)?",
        # English
        r"(?:posted|published|created|released|uploaded|issued|first published|date posted|"
        r"date published|publication date|release date|posted date|published date|"
        r"publish date|date of publication|written|added|submitted)(?: on| at| by|:)?",
        # German, French, Spanish, Portuguese, Italian
        r"(?:veroffentlicht|geschrieben|verfasst|gespeichert|eingetragen|erstellt|eingestellt|"
        r"publiziert|erschienen|stand|datum)"
        r"(?: am| um| von)?(?= ?:| ?\d| \w)",
        r"(?:publie|mis en ligne|date de publication|paru|post[eé] )(?:e)?(?: le)?",
        r"(?:publicado|fecha|fecha de publicacion|creado|publicada)(?: el| em|:)?",
        r"(?:data de publicacao|publicado em|postado em|criado em|data da publicacao)",
        r"(?:pubblicat[oa]|data di pubblicazione|creato)(?: il|:)?",
        # Dutch, Nordic, Polish, Czech, Slovak, Hungarian, Romanian
        r"(?:gepubliceerd|geplaatst|publicatiedatum|publicerad|publisert|publiceret|julkaistu|"
        r"opublikowan[oay]|data publikacji|utworzono|dodano|publikovano|zverejneno|vlozeno|"
        r"vydano|pridane|zverejnene|kozzeteve|megjelent|publicat)",
        r"(?:опубликован[оа]?|дата публикации|размещено|опубліковано)",
    )
    + r"(?![a-z])"
)
#: labels of the last change: good when the page has no other date
_UPDATE_LABEL = re.compile(
    r"(?<![a-z])"
    + _any(
        r"(?:last|date)? ?(?:modified|updated|revised|changed|reviewed|edited)(?: on| at| by|:)?",
        r"last update",
        r"chinh sua(?: lan cuoi| luc)?|sua (?:lan cuoi|doi)",
        r"(?:aktualisiert|geandert|letzte anderung|letzte aktualisierung|zuletzt geandert)",
        r"(?:mis a jour|modifie|derniere mise a jour|actualizado|atualizado|modificado|"
        r"aggiornat[oa]|"
        r"ultimo aggiornamento|ultima modifica|ultima modificacion|ultima actualizacion)",
        r"(?:bijgewerkt|gewijzigd|uppdaterad|oppdatert|opdateret|paivitetty|aktualizacja|"
        r"zmodyfikowano|aktualizovano|upraveno|обновлено)",
    )
    + r"(?![a-z])"
)
#: words beside dates that are never the article's: today's date, licences, laws, events, copyright
_DENIED_DATE = re.compile(
    r"(?<![a-z])"
    + _any(
        r"hom nay|bay gio|gio he thong|aktuelle (?:uhr)?zeit|it is currently|es ist jetzt|"
        r"today(?: is|'s)?|current (?:date|time)|heute ist|"
        r"aujourd'hui|hoy es|oggi e",
        r"giay phep|gp-|/gp|cap ngay|ban hanh|nghi dinh|quyet dinh|thong tu|cong van|"
        r"so:? \d{1,6}/|\d{1,6}/\d{0,4}/?[a-z]{2,6}-[a-z]{2,8}|hieu luc|ky ngay|ngay ky",
        r"copyright|\(c\)|©|all rights reserved|ban quyen|alle rechte|tous droits|licen[cs]e|"
        r"registered|registriert|joined|member since|mitglied seit|tham gia|issn|version \d",
        r"sinh ngay|born|expires?|deadline|han nop|han cuoi|het han|valid (?:until|to)|"
        r"event date|start date|end date|opening hours|bat dau|ket thuc|khai mac",
        r"luot truy cap|truy cap|online|visitors?|du bao|thoi tiet|weather",
        r"comments?|replies|binh luan|y kien",
    )
    + r"(?![a-z])|©"
)
#: headings that end an article
_STOP = re.compile(
    r"^[\W_]*"
    + _any(
        # Vietnamese
        r"(?:cac |nhung |mot so )?(?:tin|bai|bai viet|thong tin|tin tuc|bai bao) "
        r"(?:khac|lien quan|cung chuyen muc|cung muc|cung chu de|da dua|da dang|cu hon|moi hon|"
        r"moi nhat|cu|moi|tiep theo|truoc|truoc do|noi bat|xem nhieu|doc nhieu|tuong tu|sau|"
        r"cung loai|cung danh muc|trong muc|trong chuyen muc|ngau nhien)(?![a-z])",
        r"cung (?:chuyen muc|chu de|danh muc)",
        r"xem (?:them|tin theo ngay|theo ngay|tiep|nhieu(?: nhat)?|tin khac)",
        r"(?:doc|tin) (?:them|tiep|nhieu nhat)",
        r"thong ke(?: truy cap| truy nhap)?(?![a-z])",
        r"(?:tong )?(?:so )?luot (?:truy cap|xem|doc|truy nhap)",
        r"(?:gui |y kien |cac |viet )?(?:y kien|binh luan|phan hoi|nhan xet)"
        r"(?: ban doc| cua ban| ve bai viet)?(?: \(\d+\))?$",
        r"(?:file|tep|tai lieu|tap tin|van ban) (?:dinh kem|lien quan|kem theo)",
        r"van ban (?:moi|chi dao|phap luat)|lien ket (?:web|website|site)|tu khoa(?: tim kiem)?",
        r"tong so diem (?:cua )?bai viet|click de danh gia|danh gia bai viet|chia se bai viet",
        r"thu vien (?:anh|hinh anh|video)|quang cao|thong bao moi|lich cong tac|thoi tiet",
        r"tags?(?: bai viet)?(?= ?:|$)|tu khoa",
        # English
        r"(?:other|more|related|latest|recent|similar|previous|top|popular|most (?:read|popular|"
        r"viewed|recent|commented)|trending|further|archived?) "
        r"(?:news|stor(?:y|ies)|articles?|posts?|items?|headlines|links?|content|reading|"
        r"topics?|pages?|press releases?|releases?|announcements?|updates?|flash(?:es)?|in|"
        r"from|on|like|coverage|videos?|documents?|files)(?![a-z])",
        r"(?:most read|most popular|trending(?: now)?|read (?:next|also|more)|you (?:may|"
        r"might) also|"
        r"see also|recommended|don't miss|next (?:article|story|post|up)|previous (?:article|"
        r"story|post)|"
        r"(?:news|press|story) archives?$|archives?$|return to (?:full list|news|list)|"
        r"back to (?:news|list|top|all)|all news|related|"
        r"leave a (?:reply|comment)|(?:post|add|view|write) (?:a )?comments?|"
        r"comments?(?: \(\d+\))?$|"
        r"\d+ comments?$|share this|share (?:on|via)|follow us|sign up|subscribe|newsletter|"
        r"attachments?$|downloads?$|tagged(?: with| in)?|filed under|about the author)",
        # German
        r"(?:weitere|mehr|ahnliche|verwandte|andere|aktuelle|neueste|passende) "
        r"(?:meldungen|nachrichten|artikel|themen|beitrage|informationen|news|zum thema|aus|"
        r"pressemitteilungen|inhalte|links)",
        r"(?:mehr zum thema|das konnte sie|lesen sie auch|auch interessant|zum thema|"
        r"kommentare?$|"
        r"kommentar schreiben|schreibe einen kommentar|teilen$|artikel teilen|zuruck zur)",
        # French, Spanish, Portuguese, Italian, Dutch, Polish, Czech, Nordic
        r"(?:a lire aussi|lire aussi|voir aussi|articles? (?:similaires|lies|recents)|"
        r"sur le meme (?:sujet|theme)|"
        r"commentaires?$|partager(?: cet article)?$|autres (?:actualites|articles))",
        r"(?:noticias? relacionad[ao]s|lea tambien|te puede interesar|tambien te puede|"
        r"mas noticias|"
        r"otras noticias|ultimas noticias|compartir$|comentarios?$|articulos relacionados)",
        r"(?:leia (?:mais|tambem)|veja (?:tambem|mais)|outras noticias|mais noticias|"
        r"materias relacionadas|"
        r"compartilhe|ultimas noticias|posts? relacionad[oa]s|publicacoes relacionadas)",
        r"(?:leggi anche|articoli correlati|altre notizie|ultime notizie|potrebbe interessarti|"
        r"notizie correlate|condividi$)",
        r"(?:lees ook|meer nieuws|gerelateerd|ander nieuws|reacties$|deel dit)",
        r"(?:zobacz (?:takze|tez|wiecej)|czytaj (?:takze|wiecej|tez)|przeczytaj (?:takze|tez)|"
        r"powiazane|inne (?:wiadomosci|aktualnosci|artykuly)|podobne)",
        r"(?:souvisejici|dalsi (?:clanky|zpravy|aktuality)|mohlo by vas|podobne clanky)",
        r"(?:las (?:ocksa|mer|ogsa)|les (?:ogsa|mer|ogs)|relaterade?|laes ogsaa|lue myos|"
        r"seuraavaksi)",
        r"(?:関連記事|関連リンク|おすすめ|人気記事|相关(?:新闻|文章|阅读)|相關(?:新聞|文章))",
        r"(?:관련기사|читайте также|похожие)",
    )
)
#: lines of buttons and counters that stand inside an article
_TOOL = re.compile(
    r"^[\W_]*"
    + _any(
        r"(?:xem )?(?:ban in|in ra|in bai(?: viet)?|in trang|"
        r"gui (?:email|mail|cho ban be|bai viet)|"
        r"luu bai(?: viet)?|co chu|phong to|thu nho|doc bai(?: viet)?|nghe (?:bai|doc bai)|"
        r"chia se|"
        r"mac dinh|lon hon|nho hon|tang co chu|giam co chu|do tuong phan|facebook|zalo|twitter|"
        r"thich|tim kiem|quay lai|tro ve|ve dau trang|len dau trang|trang chu)(?![a-z])",
        r"(?:so )?(?:luot|lan) (?:xem|doc|truy cap)|da xem|(?:da )?(?:xem|doc) ?:? ?\d|viewed|"
        r"views ?:|hits ?:",
        r"(?:print|email|share|tweet|like|pin|text size|font size|a a a|a- a\+?|a\+|save|"
        r"listen|copy link|"
        r"skip to|toggle|close|advertisement|advertising|anzeige|werbung|publicite|publicidad|"
        r"drucken|"
        r"teilen|vorlesen|imprimer|imprimir|stampa|partager|compartir|compartilhar|"
        r"condividi)(?![a-z])",
        r"sign up (?:for|to)|subscribe (?:to|for)|get (?:the )?(?:daily|latest|breaking) |"
        r"click here to",
    )
)
#: last paragraphs that speak of the page and not of the news
_TAIL_NOTE = re.compile(
    r"^[\W_]*"
    + _any(
        r"(?:copyright|©|\(c\) ?\d{4}|all rights reserved|alle rechte vorbehalten|ban quyen)",
        r"(?:the )?(?:associated press|ap|reuters|afp|cnn|"
        r"bloomberg)(?:'s)? .{0,120}contributed to this",
        r".{0,160}contributed (?:to this (?:report|story|article)|reporting)",
        r"(?:follow|like|find) .{0,60}(?:on|at) .{0,40}(?:twitter|facebook|instagram|https?:|"
        r"telegram)",
        r"(?:this (?:article|story|post) (?:was|is|originally|first)|(?:originally|"
        r"first) published (?:in|on|at|by))",
        r"dieses thema im programm",
        r"(?:\([a-z/,. ]{2,20}\)|[a-z]{2,6} \([a-z/,. ]{2,20}\))$",  # agency and desk: "dpa (kr)"
        r"___+$|- ?ends? ?-$|###$|-30-$",
        r"(?:updated|corrected|last updated) (?:at|on|:)",
        r"(?:do you have|got) (?:a |any )?(?:story|news|tip)|(?:email|contact) (?:us|"
        r"the (?:author|writer|editor))",
        r"ftc: we use",
    )
)
_GENERIC_TITLE = re.compile(
    r"^(?:trang |muc |chuyen muc )?"
    + _any(
        r"(?:cong|trang|website) (?:giao tiep |thanh phan )?(?:thong tin|tin|"
        r"dien tu)(?: .{0,80})?",
        r"(?:trang chu|tin tuc(?: va)?(?: - ?)?(?: su kien)?|chi tiet(?: tin(?: tuc)?|"
        r" bai viet)?|noi dung|"
        r"tin chi tiet|thong bao|gioi thieu|bai viet|tin tuc)",
        r"(?:home(?: ?page)?|news(?: ?flash| ?room| detail| details| releases?| & events)?|"
        r"latest news|press releases?|press|article|articles|details?|view|blog|untitled.{0,20}|"
        r"default|index|welcome.{0,40}|menu|search|start|startseite|aktuelles|nachrichten|"
        r"actualites|"
        r"noticias|noticia|aktualnosci|notizie|nieuws|nyheter|presse|pressemitteilung(?:en)?|"
        r"meldung)",
    )
    + r"$"
)
_BYLINE = re.compile(
    r"^[\W_]{0,4}"
    + _any(
        # a photo's credit alone ("Ảnh: ...", "Foto: ...") is no author
        r"(?:tac gia|nguoi viet|nguoi dang|nguoi gui|bai viet|bai va anh|tin va anh|tin|bai|"
        r"tin bai|"
        r"thuc hien|bien tap|phong vien|pv|ctv)"
        r"(?:(?: ?, ?|/| ?- ?| va | & )(?:tin|bai|anh|clip|video|hinh anh))*(?: bai viet|"
        r" tin)? ?[:：]",
        r"(?:author|byline|autor(?:in|a|es)?|auteur|autore|redaktion|redaction|redaccion|"
        r"redacao|text|"
        r"text und fotos?|tekst|tekst og foto|autorzy|opracowal[a]?|автор|verfasser(?:in)?|texto|"
        r"testo|texte|reporter|journalist) ?[:：]",
        r"(?:written by|posted by|published by|reported by|story by|by|von|par|por|da|di|"
        r"a cura di|"
        r"door|av|af|skrevet av|dang boi|boi|verfasst von|geschrieben von|veroffentlicht von|"
        r"ein beitrag von|publicad[oa] por|postado por|escrito por|ecrit par|publie par|"
        r"scritto da|pubblicato da|geplaatst door|autor)(?: ?[:：]| )",
    )
    + r" ?"
)
_ROLE = re.compile(
    r"^"
    + _any(
        r"admin(?:istrator)?|webmaster|root|super user|quan tri(?: vien)?(?: web(?:site)?)?|"
        r"bien tap vien|ban bien tap|btv|"
        r"editor|staff|guest|user|anonymous|unknown|author|none|null|host|publisher|"
        r"superuser|superadmin|ban quan tri",
    )
    + r"$"
)


def ends_sentence(text: str) -> bool:
    """Whether a text ends as sentences (or their parts) do, quotes and brackets aside."""
    return _SENTENCE_END.search(text[-20:]) is not None


def is_date_label(bare_text: str) -> bool:
    """Whether a bare line or its beginning says that a date is when the article came out."""
    return _DATE_LABEL.search(bare_text) is not None


def is_update_label(bare_text: str) -> bool:
    """Whether a bare text says that a date is of the last change."""
    return _UPDATE_LABEL.search(bare_text) is not None


def is_denied_date(bare_text: str) -> bool:
    """Whether the words around a date say that it is not the article's."""
    return _DENIED_DATE.search(bare_text) is not None


def is_stop(text: str) -> bool:
    """Whether a line is a heading behind which no article goes on."""
    return (
        len(text) <= 70
        and not text.endswith((".", "!", ";", ","))
        and (_STOP.match(bare_line(text)) is not None)
    )


def is_tool(text: str) -> bool:
    """Whether a line is a button, counter or advertisement."""
    return (
        len(text) <= 90
        and not text.endswith((".", "!", "?", ";", ","))
        and (_TOOL.match(bare_line(text)) is not None)
    )


def is_tail_note(text: str) -> bool:
    """Whether a last paragraph is a note on rights, helpers or channels."""
    return _TAIL_NOTE.match(bare_line(text)) is not None


def is_generic_title(text: str) -> bool:
    """Whether a title names a site or a section and no article."""
    return _GENERIC_TITLE.match(bare_line(text)) is not None


def strip_byline(text: str) -> tuple[str, bool]:
    """Return a byline without its label ("Tác giả: ", "By "), and whether it had one."""
    for _ in range(2):
        found = _BYLINE.match(bare_line(text))
        if found is None:
            break
        rest = _after_label(text, found.group())
        if not rest:
            break
        return rest, True
    return text, False


def _after_label(text: str, label: str) -> str:
    """Cut from ``text`` as many words and signs as the bare ``label`` has."""
    letters = sum(letter.isalnum() for letter in label)
    for position, letter in enumerate(text):
        if letters == 0:
            return text[position:].lstrip(" :：-–|\u00a0\t")
        letters -= letter.isalnum()
    return ""


def names_role(text: str) -> bool:
    """Whether a byline names an account or an office and nobody ("admin", "Super User")."""
    return _ROLE.match(bare_line(text)) is not None
