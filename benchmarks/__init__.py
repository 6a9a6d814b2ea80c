"""What the program costs and how well it reads: every number and picture of the README comes from here."""

import realtime  # noqa: F401  before OpenCV is imported by anyone: it keeps OpenCV's own messages off the terminal
