"""The page «что увидели родители»: every parent's phone in files that need no server.

`content` is what goes in, `screens` turns what arrived into phones, `shelf` keeps pictures and
documents once for each digest, `drawing` has the templates, `page` writes it all down.
"""

from broadcaster.sandbox.gallery.content import FeedEntry, FeedLook, Parent, Place
from broadcaster.sandbox.gallery.page import write_gallery

__all__ = ["FeedEntry", "FeedLook", "Parent", "Place", "write_gallery"]
