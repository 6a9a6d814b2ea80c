"""What the program asks of the operating system and of Python: processes, threads, signals, errors.

Nothing here knows of frames or digits, and nothing here imports another room.
"""
