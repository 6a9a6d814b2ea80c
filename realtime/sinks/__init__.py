"""Where results are written: JSON lines, CSV, videos, pictures, the clipboard, the terminal, own digits.

`paths` keeps inputs from being overwritten. Nothing here recognises anything.
"""
