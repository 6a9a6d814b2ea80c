"""Where frames come from: a camera, a stream, videos, photos and documents.

`open` opens whatever the user named, `frame` is what comes out. Nothing here knows of digits.
"""
