"""Every filter, over rows whose values are known."""

from desk import Desk


class Filters(Desk):
    @property
    def types(self):
        return self.agent.from_("ticket_types").select("id")

    @property
    def people(self):
        return self.agent.from_("team_members").select("id")

    @property
    def bookings(self):
        return self.lab.from_("booking").select("id").lte("id", 3)

    async def found(self, *expected):
        for builder, ids in expected:
            with self.subTest(params=str(builder.request.params)):
                self.assertEqual(await self.ids(builder), ids)

    async def test_comparisons(self):
        await self.found(
            (self.types.eq("type_name", "Outage"), [9]),
            (self.types.neq("department", "support").neq("department", "technical"), [2, 4, 12, 13]),
            (self.types.gt("avg_resolution_hours", 36), [6, 14]),
            (self.types.gte("avg_resolution_hours", 36), [3, 6, 14]),
            (self.types.lt("avg_resolution_hours", 4), [10]),
            (self.types.lte("avg_resolution_hours", 4), [9, 10]),
            (self.bookings.is_("confirmed", None), [3]),
            (self.bookings.is_("confirmed", True), [1]),
            (self.bookings.is_("confirmed", False), [2]),
            (self.bookings.is_("confirmed", "unknown"), [3]),
            (self.bookings.eq("confirmed", True), [1]),
            (self.types.in_("type_name", ["Outage", "Refund", "a,b", 'x"y', "(z)"]), [9, 13]),
            (self.types.match({"department": "support", "priority": "high"}), [1, 10]),
            (self.types.filter("id", "in", "(1,2)").filter("department", "eq", "finance"), [2]),
        )

    async def test_not_and_or(self):
        await self.found(
            (self.types.not_.in_("department", ["support", "technical"]).not_.eq("id", 2), [4, 12, 13]),
            (self.types.or_("id.eq.1,and(department.eq.finance,priority.eq.low)"), [1, 12]),
            (self.types.not_.or_("department.eq.support,department.eq.technical"), [2, 4, 12, 13]),
        )
        embedded = self.agent.from_("clients").select("id", "client_contacts!inner(id)")
        rows = await self.data(embedded.or_("id.eq.1,id.eq.2", reference_table="client_contacts"))
        self.assertEqual(sorted(c["id"] for row in rows for c in row["client_contacts"]), [1, 2])

    async def test_patterns(self):
        await self.found(
            (self.types.like("type_name", "%Re%"), [3, 6, 10, 13]),
            (self.types.like("type_name", "outage"), []),
            (self.types.like_all_of("type_name", "%Re%,%Bug%"), [3]),
            (self.types.like_any_of("type_name", "Out%,Ref%"), [9, 13]),
            (self.types.ilike("type_name", "OUT%"), [9]),
            (self.types.ilike_all_of("type_name", "%RE%,%bug%"), [3]),
            (self.types.ilike_any_of("type_name", "out%,REF%"), [9, 13]),
        )

    async def test_sets(self):
        await self.found(
            (self.people.cs("skills", ["api", "security"]), [11]),
            (self.people.contains("skills", ["api", "security"]), [11]),
            (self.people.contains("skills", "{refunds}"), [14]),
            (self.people.cd("skills", ["billing", "refunds"]), [4, 14, 15]),
            (self.people.contained_by("skills", ["billing", "refunds"]), [4, 14, 15]),
            (self.people.contained_by("skills", "{refunds,billing}"), [4, 14, 15]),
            (self.people.ov("languages", ["nl", "sv"]), [5, 10]),
            (self.people.overlaps("languages", ["nl", "sv"]), [5, 10]),
            (self.people.cs("skills", ["a b", "c,d", 'e"f', "null"]), []),
        )

    async def test_objects(self):
        tickets = self.agent.from_("tickets").select("custom_fields")
        found = await self.data(tickets.contains("custom_fields", {"browser": "Firefox"}))
        self.assertGreater(len(found), 10)
        self.assertEqual({row["custom_fields"]["browser"] for row in found}, {"Firefox"})
        within = await self.ids(self.types.contained_by("metadata", {"any": 1}))
        self.assertEqual(within, list(range(1, 15)))

    async def test_ranges(self):
        await self.found(
            (self.bookings.contains("seats", "[6,7)"), [2]),
            (self.bookings.contained_by("seats", "[0,12)"), [1, 2]),
            (self.bookings.ov("seats", "[4,6)"), [1, 2]),
            (self.bookings.sr("seats", (0, 5)), [2, 3]),
            (self.bookings.range_gt("seats", (0, 5)), [2, 3]),
            (self.bookings.nxl("seats", (4, 10)), [2, 3]),
            (self.bookings.range_gte("seats", (4, 10)), [2, 3]),
            (self.bookings.sl("seats", (19, 30)), [1, 2]),
            (self.bookings.range_lt("seats", (19, 30)), [1, 2]),
            (self.bookings.nxr("seats", (4, 10)), [1, 2]),
            (self.bookings.range_lte("seats", (4, 10)), [1, 2]),
            (self.bookings.adj("seats", (9, 20)), [2, 3]),
            (self.bookings.range_adjacent("seats", (9, 20)), [2, 3]),
        )

    async def test_full_text(self):
        def search(query, **options):
            return self.bookings.text_search("words", query, options)

        await self.found(
            (self.bookings.fts("words", "fat & mat"), [1]),
            (self.bookings.plfts("words", "mat fat"), [1]),
            (self.bookings.phfts("words", "fat rat"), [2]),
            (self.bookings.wfts("words", "fat -mat"), [2]),
            (self.bookings.not_.wfts("words", "fat"), [3]),
            (self.bookings.text_search("words", "mat"), [1]),
            (search("fat & cats", config="english"), [1, 2]),
            (search("fat cats", config="english", type="plain"), [1, 2]),
            (search("fat cats", config="english", type="phrase"), [1]),
            (search("cat -mat", config="english", type="web_search"), [2]),
        )

    async def test_a_value_that_is_none_of_the_type_is_refused(self):
        error = await self.refusal(self.types.eq("id", "nine"), "22P02")
        self.assertIn('integer: "nine"', error.message)
        await self.refusal(self.types.filter("id", "equals", "9"), "PGRST100")
        await self.refusal(self.types.sr("type_name", (1, 2)), "42883")
