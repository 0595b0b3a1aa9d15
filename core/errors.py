"""Errors that any floor may raise and every door knows how to answer."""

import click


class HotlineError(Exception):
    """Base of all errors of our own."""


class SettingsError(HotlineError, click.ClickException):
    """The environment is not fit to start with; the message names every variable at fault.

    On the command line Click prints the message alone, without a traceback.
    """


class BadInput(HotlineError):
    """What came in cannot be used; the message is fit to be shown to who sent it."""


class NotFoundError(HotlineError):
    """There is no such thing, or it is not for who asks: the two look the same from outside."""
