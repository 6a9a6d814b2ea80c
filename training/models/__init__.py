"""The networks and trees that `realtime` loads: how each is built, trained and exported.

A folder each for the ink network, the digit network and the line reader; `decide` grows the trees, `card` describes.
"""
