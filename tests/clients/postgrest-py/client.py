"""Making clients: tokens, schemas, closing."""

import warnings

from httpx import AsyncClient
from httpx import Client as SyncClient

from desk import AGENT, CLIENT, KIND, URL, Client, Desk, ask, close


class Clients(Desk):
    async def test_from_and_its_aliases_name_a_table(self):
        for table in [self.agent.from_, self.agent.table]:
            self.assertEqual((await self.data(table("clients").select("count()")))[0]["count"], 50)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            old = self.agent.from_table("clients")
        self.assertEqual(len(await self.data(old.select("id"))), 50)

    async def test_auth_is_a_bearer_token(self):
        self.assertEqual(await self.ids(self.client.from_("clients").select("id")), [1])
        self.client.auth(AGENT)
        self.assertEqual(len(await self.ids(self.client.from_("clients").select("id"))), 50)

    async def test_without_a_token_or_with_a_password_nobody_reads(self):
        error = await self.refusal(self.nobody.from_("clients").select(), "42501")
        self.assertEqual(error.message, "permission denied for table clients")
        self.nobody.auth(None, username="mira", password="rowdesk-demo")
        await self.refusal(self.nobody.from_("clients").select(), "42501")
        self.nobody.auth("no.such.token")
        await self.refusal(self.nobody.from_("clients").select(), "PGRST301")

    async def test_schema_chooses_another_schema(self):
        green = self.lab.from_("booking").select("room").eq("id", 3)
        self.assertEqual(await self.data(green), [{"room": "green"}])
        self.assertEqual(await self.data(self.lab.rpc("add", {"a": 1, "b": 2})), 3)
        added = await self.data(self.lab.from_("booking").insert({"room": "schema"}))
        self.assertEqual([row["room"] for row in added], ["schema"])
        await self.refusal(self.agent.from_("booking").select(), "PGRST205")
        error = await self.refusal(self.agent.schema("pg_catalog").from_("pg_class").select(), "PGRST106")
        self.assertEqual(error.hint, "Only the following schemas are exposed: public, lab")

    async def test_a_client_can_be_entered_and_takes_a_session_and_headers(self):
        session = {"async": AsyncClient, "sync": SyncClient}[KIND](timeout=20)
        headers = {"Authorization": f"Bearer {CLIENT}", "apikey": "any"}
        made = Client(f"{URL}/rest/v1", schema="public", headers=headers, http_client=session)
        if KIND == "async":
            async with made as entered:
                self.assertEqual(await self.ids(entered.from_("clients").select("id")), [1])
        else:
            with made as entered:
                self.assertEqual(await self.ids(entered.from_("clients").select("id")), [1])
        self.assertTrue(session.is_closed)

    async def test_closing_the_client_of_a_schema_leaves_the_other_open(self):
        await close(self.lab)
        self.assertEqual((await ask(self.agent.from_("clients").select("id").limit(1))).count, None)
