"""What one client, and all of them together, may ask for."""

from __future__ import annotations

CLIENTS = 64
"""Live connections at once."""

CLIENTS_OF_ONE = 16
"""Of them from one address."""

YIELD_SECONDS = 5.0
"""Time after which a live connection that sends no frame makes room for another, where none is left for that one."""

CONNECTIONS = 256
"""Connections of any kind at once."""

CONNECTIONS_OF_ONE = 128
"""Of them from one address; a proxy is one."""

HEADER_SECONDS = 10.0
"""Time in which the head of a request must have come."""

BODY_SECONDS = 20.0
"""Time in which its body must have come,"""

BODY_RATE = 50_000
"""longer by a second for so many bytes that have."""

STALLED_SECONDS = 10.0
"""Time for which a client may leave unread what is sent to it."""

IDLE_SECONDS = 60.0
"""Time after which a live connection that sends no frame is closed."""

FRAME_BYTES = 4_000_000
"""Of one live frame."""

FRAME_PIXELS = 8_300_000
"""Of one live frame, and of a video's: 3840x2160."""

PHOTO_BYTES = 40_000_000
"""Of one uploaded photo."""

PHOTO_PIXELS = 50_000_000
"""Of one uploaded photo: what phones take."""

QUICK_PIXELS = 13_000_000
"""Of an uploaded photo that is read as soon as a live frame: larger ones wait for each other."""

HELD_BYTES = 400_000_000
"""Of all photos together that have come, wholly or in part, and are not answered yet: they are in memory."""

UPLOADS_OF_ONE = 8
"""Photos and videos that come or are read at once, from one address."""

READER_BYTES = 1_500_000_000
"""Of the memory of each process that decodes and reads pictures."""

DECODER_BYTES = 1_000_000_000
"""Of the memory of each process that decodes a video."""

DECODER_SECONDS = 60.0
"""Time that decoding one frame of a video may take."""

VIDEOS = 4
"""Videos that are read at once; others wait when they have come."""

VIDEOS_OF_ONE = 2
"""Videos that come or are read at once, from one address."""

STORED_BYTES = 1_200_000_000
"""Of all videos together that have come, wholly or in part, and are not answered yet: they are on the disk."""

VIDEO_BYTES = 300_000_000
"""Of one uploaded video."""

VIDEO_FRAMES = 18_000
"""Of one uploaded video that are read: ten minutes."""

SCANS = 64
"""Passes over the picture that a progressive JPEG may make: each costs time and next to no bytes."""

GLYPHS = 400
"""That are sent with everything that was seen of one picture."""

BOXES = 50
"""That may be drawn on one picture to add the digits that were missed."""

KEPT = 1000
"""Times of keeping corrections that can be taken back, the last ones of all clients together."""

MISTAKES = 50
"""Messages in a row that are no pictures, after which a live connection is closed."""

FREE_BYTES = 500_000_000
"""That must be left on the disk for corrections to be kept."""
