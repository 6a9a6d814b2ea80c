"""The window: it shows results, obeys keys and mouse, records, and takes corrections.

`window` opens it and runs it, `view` composes the picture, `corrector` leads through a correction.
"""
