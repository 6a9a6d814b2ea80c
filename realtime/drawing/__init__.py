"""What is drawn on a frame: boxes and labels, marks of the user, panels.

`primitives` draws text and plates; everything else here is made of them.
"""
