"""What shapes an answer: order, pages, one row, other media types, plans."""

from postgrest import CountMethod

from desk import Desk, ask


class Modifiers(Desk):
    @property
    def types(self):
        return self.agent.from_("ticket_types").select("id")

    @property
    def bookings(self):
        return self.lab.from_("booking").select("id").lte("id", 3)

    async def ordered(self, builder):
        return [row["id"] for row in await self.data(builder)]

    async def test_order(self):
        finance = self.types.eq("department", "finance")
        by_hours = finance.order("avg_resolution_hours").order("id", desc=True)
        self.assertEqual(await self.ordered(by_hours), [12, 13, 4, 2])
        self.assertEqual(await self.ordered(self.bookings.order("stars")), [3, 1, 2])
        nulls_first = self.bookings.order("stars", nullsfirst=True)
        self.assertEqual(await self.ordered(nulls_first), [2, 3, 1])
        nulls_last = self.bookings.order("stars", desc=True, nullsfirst=False)
        self.assertEqual(await self.ordered(nulls_last), [1, 3, 2])

    async def test_order_limit_and_range_of_what_is_embedded(self):
        def query():
            clients = self.agent.from_("clients").select("id", "tickets(id)").eq("id", 1)
            return clients.order("id", desc=True, foreign_table="tickets")

        async def tickets(builder):
            return [row["id"] for row in (await self.data(builder))[0]["tickets"]]

        found = await tickets(query())
        self.assertEqual(found, sorted(found, reverse=True))
        self.assertEqual(await tickets(query().limit(2, foreign_table="tickets")), found[:2])
        self.assertEqual(await tickets(query().range(1, 3, foreign_table="tickets")), found[1:4])

    async def test_limit_offset_and_range_give_pages(self):
        self.assertEqual(await self.ordered(self.types.order("id").limit(3)), [1, 2, 3])
        self.assertEqual(await self.ordered(self.types.order("id").limit(2).offset(3)), [4, 5])
        self.assertEqual(await self.ordered(self.types.order("id").range(3, 5)), [4, 5, 6])
        counted = self.agent.from_("ticket_types").select("id", count=CountMethod.exact)
        error = await self.refusal(counted.range(99, 100), "PGRST103")
        self.assertEqual(error.details, "An offset of 99 was requested, but there are only 14 rows.")

    async def test_single_gives_one_object_or_refuses(self):
        self.assertEqual(await self.data(self.types.eq("id", 9).single()), {"id": 9})
        error = await self.refusal(self.types.eq("id", 0).single(), "PGRST116")
        self.assertEqual(error.message, "Cannot coerce the result to a single JSON object")
        self.assertEqual(error.details, "The result contains 0 rows")
        await self.refusal(self.types.single(), "PGRST116")

    async def test_maybe_single_gives_one_object_nothing_or_refuses(self):
        self.assertEqual(await self.data(self.types.eq("id", 9).maybe_single()), {"id": 9})
        self.assertIsNone(await ask(self.types.eq("id", 0).maybe_single()))
        await self.refusal(self.types.maybe_single(), "406")
        await self.refusal(self.types.eq("ids", 1).maybe_single(), "42703")

    async def test_csv_gives_text(self):
        query = self.agent.from_("ticket_types").select("id", "type_name").in_("id", [9, 13]).order("id")
        self.assertEqual(await self.data(query.csv()), "id,type_name\n9,Outage\n13,Refund")

    async def test_explain_gives_a_plan_with_what_was_asked_for(self):
        self.assertRegex(await ask(self.types.explain()), r"^Aggregate  \(cost=")
        full = self.types.explain(analyze=True, verbose=True, settings=True, buffers=True, wal=True)
        self.assertRegex(await ask(full), r"(?s)actual time=.*Output: .*Execution Time: ")
        [plan] = await self.data(self.types.explain(analyze=True, format="json"))
        self.assertEqual(plan["Plan"]["Node Type"], "Aggregate")
        self.assertIsInstance(plan["Execution Time"], float)

    async def test_strip_nulls_leaves_out_what_is_null(self):
        def query():
            return self.lab.from_("booking").select("id", "stars").eq("id", 2)

        self.assertEqual(await self.data(query()), [{"id": 2, "stars": None}])
        self.assertEqual(await self.data(query().strip_nulls()), [{"id": 2}])
        self.assertEqual(await self.data(query().strip_nulls().single()), {"id": 2})
        self.assertRaises(ValueError, lambda: query().strip_nulls().csv())
