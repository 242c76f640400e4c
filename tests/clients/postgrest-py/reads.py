"""select: columns, embedding, counts, HEAD."""

from postgrest import CountMethod

from desk import Desk, ask

TYPES = 14


class Reads(Desk):
    def types(self, *columns, **options):
        return self.agent.from_("ticket_types").select(*columns, **options)

    async def test_select_gives_all_columns_or_those_that_are_named(self):
        outage = {
            "id": 9,
            "type_name": "Outage",
            "department": "technical",
            "priority": "urgent",
            "avg_resolution_hours": 4,
            "metadata": {},
        }
        self.assertEqual(await self.data(self.types().eq("id", 9)), [outage])
        named = self.types("id", "name: type_name", "hours:avg_resolution_hours::text")
        expected = [{"id": 9, "name": "Outage", "hours": "4"}]
        self.assertEqual(await self.data(named.eq("id", 9)), expected)

    async def test_select_aggregates(self):
        longest = self.types("department", "avg_resolution_hours.max()").order("department")
        expected = [("finance", 24), ("support", 48), ("technical", 36)]
        found = await self.data(longest)
        self.assertEqual([(row["department"], row["max"]) for row in found], expected)

    async def test_select_embeds_what_rows_refer_to_and_what_refers_to_them(self):
        tickets = self.agent.from_("tickets").select(
            "id", "clients(client_name)", "team_members!assigned_to(display_name)", "ticket_messages(count)"
        )
        rows = await self.data(tickets.not_.is_("assigned_to", None).order("id").limit(3))
        self.assertEqual(len(rows), 3)
        for row in rows:
            self.assertIsInstance(row["clients"]["client_name"], str)
            self.assertIsInstance(row["team_members"]["display_name"], str)
            self.assertIsInstance(row["ticket_messages"][0]["count"], int)
        spread = self.agent.from_("client_contacts").select("id", "...clients!inner(client_name)")
        found = await self.data(spread.eq("clients.id", 7))
        self.assertEqual({row["client_name"] for row in found}, {"Garnet Logistics"})

    async def test_counts_are_of_all_that_the_filters_choose(self):
        for count in CountMethod:
            answer = await ask(self.types("id", count=count).order("id").limit(2))
            self.assertEqual((answer.data, answer.count), ([{"id": 1}, {"id": 2}], TYPES), count)
        none = await ask(self.types("id", count=CountMethod.exact).eq("id", 0))
        self.assertEqual((none.data, none.count), ([], 0))
        self.assertIsNone((await ask(self.types("id"))).count)

    async def test_head_gives_the_count_alone(self):
        answer = await ask(self.types("*", count=CountMethod.exact, head=True))
        self.assertEqual((answer.data, answer.count), ([], TYPES))
        tickets = [
            (await ask(who.from_("tickets").select("*", count=CountMethod.exact, head=True))).count
            for who in [self.client, self.agent]
        ]
        self.assertLess(0, tickets[0])
        self.assertLess(tickets[0], tickets[1] / 2)

    async def test_a_refused_head_has_its_code_from_a_header(self):
        error = await self.refusal(self.nobody.from_("clients").select("*", head=True), "42501")
        self.assertEqual(error.message, "Unauthorized")

    async def test_what_does_not_exist_is_refused_with_what_was_perhaps_meant(self):
        table = await self.refusal(self.agent.from_("ticket_type").select(), "PGRST205")
        self.assertEqual(table.hint, "Perhaps you meant the table 'public.ticket_types'")
        column = await self.refusal(self.types("typename"), "42703")
        self.assertEqual(column.message, "column ticket_types.typename does not exist")
        await self.refusal(self.types("id", "payments(id)"), "PGRST200")
        two = await self.refusal(self.agent.from_("tickets").select("id", "team_members(id)"), "PGRST201")
        self.assertIsInstance(two.details, list)
