"""The one family of error that a user can cause, and its member for image files."""


class KnownError(Exception):
    """What the user's world did: a missing folder, a damaged file, a full disk.

    Its text is one clear sentence that names the thing and says what to do; it is shown as it stands, without a
    traceback. Anything else that is raised is our own mistake.
    """


class ImageError(KnownError):
    """One file can't be used as an image; the text is the reason alone, without the file's name."""
