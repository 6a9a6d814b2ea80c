"""The line reader: batches of rows to learn from, its network, its training and its file.

`make` does all of it. The rows are drawn by `training.render.line`.
"""
