"""Images for the screen, read and made in other threads than the window's."""
