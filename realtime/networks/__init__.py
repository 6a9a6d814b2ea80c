"""Network files and the engines that run them, whatever a network says.

`model_file` checks a file against its card, `engines` keeps an engine ready for each shape of input.
"""
