"""Which methods of the package tests call, of those that it has."""

import functools
import importlib
import unittest

from postgrest.exceptions import APIError

_found: set[str] = set()
_called: set[str] = set()
_depth = 0


def watch(kind: str) -> None:
    """Notes calls of every public method of the classes of a kind, and of those above them."""
    for name in ["client", "request_builder"]:
        module = importlib.import_module(f"postgrest._{kind}.{name}")
        for own in vars(module).values():
            if isinstance(own, type) and own.__module__ == module.__name__:
                for each in own.__mro__:
                    _watch_class(each)
    _watch_class(APIError)


def _watch_class(watched: type) -> None:
    if not watched.__module__.startswith("postgrest."):
        return
    for name, member in list(vars(watched).items()):
        label = f"{watched.__name__}.{name}"
        if name.startswith("_") or label in _found:
            continue
        if isinstance(member, property):
            setattr(watched, name, property(_noted(label, member.fget)))
        elif callable(member):
            setattr(watched, name, _noted(label, member))
        else:
            continue
        _found.add(label)


def _noted(label, method):
    @functools.wraps(method)
    def noted(*args, **named):
        # Calls from within the package are no calls of a test, and what raises has done nothing.
        global _depth
        _depth += 1
        try:
            result = method(*args, **named)
            if _depth == 1:
                _called.add(label)
            return result
        finally:
            _depth -= 1

    return noted


class Coverage(unittest.TestCase):
    def test_every_method_of_the_package_is_called(self):
        self.assertGreater(len(_found), 60)
        self.assertEqual(sorted(_found - _called), [], "methods that no test calls")
