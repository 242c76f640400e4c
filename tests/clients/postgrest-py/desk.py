"""Clients of the server that the environment names, and what tests say often.

Tests are written once, for both kinds of client: `ask` and `close` await what the asynchronous one gives.
"""

import inspect
import os
import sys
import unittest
from functools import cached_property

from postgrest import APIError, AsyncPostgrestClient, SyncPostgrestClient

KIND = sys.argv[1]
Client = {"async": AsyncPostgrestClient, "sync": SyncPostgrestClient}[KIND]
URL = os.environ["ROWDESK_URL"]
AGENT, ADMIN, CLIENT = (
    os.environ[f"ROWDESK_{name}"] for name in ["AGENT", "ADMIN", "CLIENT"]
)


async def _awaited(value):
    return await value if inspect.isawaitable(value) else value


async def ask(builder):
    """The answer to a request."""
    return await _awaited(builder.execute())


async def close(client) -> None:
    await _awaited(client.aclose())


class Desk(unittest.IsolatedAsyncioTestCase):
    """A test with clients of its own, made when they are first used: each reads the certificates of the
    machine, which takes longer than most tests."""

    maxDiff = None

    def _made(self, token: str | None):
        client = Client(URL)
        self.addAsyncCleanup(close, client)
        return client.auth(token) if token else client

    nobody = cached_property(lambda self: self._made(None))
    agent = cached_property(lambda self: self._made(AGENT))
    admin = cached_property(lambda self: self._made(ADMIN))
    client = cached_property(lambda self: self._made(CLIENT))
    lab = cached_property(lambda self: self.agent.schema("lab"))

    async def data(self, builder):
        return (await ask(builder)).data

    async def ids(self, builder):
        return sorted(row["id"] for row in await self.data(builder))

    async def refusal(self, builder, code: str) -> APIError:
        """The error of a request that must fail."""
        with self.assertRaises(APIError) as caught:
            answer = await ask(builder)
            self.fail(f"{answer} where {code} was expected")
        error = caught.exception
        self.assertEqual(error.code, code, error.json())
        self.assertEqual(sorted(error.json()), ["code", "details", "hint", "message"])
        return error
