"""Errors a user can cause and repair."""


class InputError(ValueError):
    """Bad input: a file, a name or a number that cannot be used.

    The message is one line that says what is wrong and where; commands print it
    and exit with status 2, without a traceback.
    """
