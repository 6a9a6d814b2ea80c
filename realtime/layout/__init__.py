"""Where digits stand: lines, numbers, and the tilt of the lines.

Boxes in, places out: it knows nothing of pictures, ink or networks.
"""
