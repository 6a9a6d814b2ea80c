"""What is learnt from: images and labels of data sets and of one person, split into three, and augmentation.

`sources` reads them, `augment` redraws them while the network learns.
"""
