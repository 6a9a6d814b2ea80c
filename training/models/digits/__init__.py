"""The network that names digits: its form, its training, and what is made of it afterwards.

`train` trains it; `ensemble`, `distillation` and `cascade` make one network of several; `personalize` teaches it the
hand of one person.
"""
