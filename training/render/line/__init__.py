"""Rows of digits for the line reader: one hand, one pen, signs as close as they are written.

`row` writes one, `paper` photographs it.
"""
