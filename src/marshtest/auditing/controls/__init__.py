"""What a claim is held against: clean data, the dataset shuffled and halved, harmless poison planted into copies."""
