"""From image files to batches of pixels: decoding, the decoded-once cache, views."""
