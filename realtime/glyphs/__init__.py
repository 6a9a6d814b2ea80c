"""The ink of one digit, cut out, becomes the 28x28 picture that the network reads.

`normalize` is the only copy of that rule: training and the live loop both call it.
"""
