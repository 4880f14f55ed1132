"""An article page becomes an Article: title, date, authors, body, image, language.

A pure room: it follows no link. Only this room imports trafilatura.
"""
