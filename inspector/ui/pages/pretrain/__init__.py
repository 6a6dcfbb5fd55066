"""The Pretrain page."""
