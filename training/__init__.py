"""Makes the network that `realtime` loads: data, augmentation, network, training, measuring."""
