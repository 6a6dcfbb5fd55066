"""What is read of an image: by an encoder, by its texture, and the map of it all."""
