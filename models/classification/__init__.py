"""From a few labels to a calibrated linear classifier on frozen features."""
