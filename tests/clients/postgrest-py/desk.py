"""Clients of the server that the environment names, and what tests say often.

Tests are written once, for both kinds of client: `ask` and `close` await what the asynchronous one gives.
"""

import inspect
import os
import sys
import unittest

import postgrest
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
    """A test with clients of its own."""

    maxDiff = None

    async def asyncSetUp(self):
        self.nobody = Client(URL)
        self.agent = Client(URL).auth(AGENT)
        self.admin = Client(URL).auth(ADMIN)
        self.client = Client(URL).auth(CLIENT)
        self.lab = self.agent.schema("lab")

    async def asyncTearDown(self):
        for client in [self.nobody, self.agent, self.admin, self.client]:
            await close(client)

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


__all__ = ["ADMIN", "AGENT", "CLIENT", "KIND", "URL", "Client", "Desk", "ask", "close", "postgrest"]
