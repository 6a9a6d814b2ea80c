"""The ink network: what it shall say of each pixel of a page, its form, its training and its file.

`make` does all of it. The pages come from `training.render.ink`.
"""
