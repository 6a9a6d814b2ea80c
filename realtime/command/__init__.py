"""The command line: one parser, its sub-commands, and the command `digits`.

Imports neither OpenCV nor a network, so that help, completion and wrong arguments are answered at once.
"""
