"""Every sentence that a citizen or an official reads: one typed function a sentence, by subject.

The sentences themselves stand in ``locales/<language>/<subject>.po`` under stable keys (``rating.thanks``).
"""
