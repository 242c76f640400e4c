"""Errors: what they hold, and attempts that are made again."""

import httpx

from desk import AGENT, URL, Client, Desk, ask, close


class Errors(Desk):
    def busy_once(self, **options):
        return self.lab.rpc("second_attempt", {}, **options)

    async def test_what_a_function_raises_arrives_whole(self):
        error = await self.refusal(self.lab.rpc("refuse", {}), "P0001")
        expected = {
            "code": "P0001",
            "message": "the room is closed",
            "details": "since Monday",
            "hint": "try the attic",
        }
        self.assertEqual(error.json(), expected)
        self.assertEqual((error.message, error.details, error.hint), tuple(expected.values())[1:])

    async def test_a_503_is_asked_again_with_the_number_of_the_attempt(self):
        self.assertEqual(await self.data(self.busy_once(get=True)), "1")
        for retried in [
            self.busy_once(get=True).retry(True),
            self.busy_once(get=True).retry(True).maybe_single(),
        ]:
            self.assertEqual((await ask(retried)).data, "1")

    async def test_post_and_what_is_not_to_be_retried_is_told_at_once(self):
        once = Client(URL, schema="lab", retry_enabled=False).auth(AGENT)
        for builder in [
            self.busy_once(),
            self.busy_once(get=True).retry(False),
            self.busy_once(get=True).maybe_single().retry(False),
            once.rpc("second_attempt", {}, get=True),
        ]:
            error = await self.refusal(builder, "LAB01")
            self.assertEqual((error.message, error.details, error.hint), ("busy", "at first", "again"))
        await close(once)

    async def test_retry_stands_behind_every_kind_of_request(self):
        types = self.agent.from_("ticket_types")
        self.assertEqual(await self.data(types.select("id").retry(False).eq("id", 9)), [{"id": 9}])
        self.assertEqual(await self.data(types.select("id").eq("id", 9).single().retry(False)), {"id": 9})
        self.assertIn("cost=", await ask(types.select("id").explain().retry(False)))

    async def test_a_server_that_is_not_there_is_an_error_of_the_transport(self):
        nowhere = Client("http://127.0.0.1:1", retry_enabled=False)
        with self.assertRaises(httpx.ConnectError):
            await ask(nowhere.from_("clients").select())
        await close(nowhere)
