"""rpc: by POST, GET and HEAD; results of every kind."""

from postgrest import CountMethod

from desk import Desk, ask


class Functions(Desk):
    def rows(self, **options):
        return self.lab.rpc("bookings", {"wanted": "blue"}, **options)

    async def test_by_post_a_number_a_list_a_text_nothing(self):
        self.assertEqual(await self.data(self.lab.rpc("add", {"a": 2, "b": 3})), 5)
        self.assertEqual(await self.data(self.lab.rpc("shout", {"words": ["a", "b c"]})), ["A", "B C"])
        self.assertEqual(await self.data(self.lab.rpc("room_of", {"booking": {"room": "red"}})), "red")
        self.assertEqual(await self.data(self.lab.rpc("nothing", {})), [])

    async def test_by_get_values_lists_and_objects_stand_in_the_url(self):
        self.assertEqual(await self.data(self.lab.rpc("add", {"a": 2, "b": 3}, get=True)), 5)
        words = {"words": ["a", "b,c", "null", ""]}
        self.assertEqual(await self.data(self.lab.rpc("shout", words, get=True)), ["A", "B,C", "NULL", ""])
        room = self.lab.rpc("room_of", {"booking": {"room": "red"}}, get=True)
        self.assertEqual(await self.data(room), "red")
        await self.refusal(self.lab.rpc("confirm", {"wanted": "blue"}, get=True), "25006")

    async def test_rows_take_filters_order_pages_counts_and_one_object(self):
        self.assertEqual(await self.ids(self.rows()), [1, 2])
        filtered = self.rows().gt("stars", 4).select("id", "note")
        self.assertEqual(await self.data(filtered), [{"id": 1, "note": "Two fat cats sat on the mat"}])
        paged = self.rows(get=True).select("id").order("id", desc=True).limit(1)
        self.assertEqual(await self.data(paged), [{"id": 2}])
        self.assertEqual(await self.data(self.rows().select("id").order("id").offset(1)), [{"id": 2}])
        counted = await ask(self.rows(get=True, count=CountMethod.exact).select("id").order("id").range(0, 0))
        self.assertEqual((counted.data, counted.count), ([{"id": 1}], 2))
        self.assertIsNone((await self.data(self.rows().eq("id", 2).single()))["stars"])
        self.assertIsNone(await ask(self.rows().eq("id", 9).maybe_single()))
        self.assertEqual(await self.data(self.rows().select("id").order("id").csv()), "id\n1\n2")
        self.assertNotIn("stars", (await self.data(self.rows().eq("id", 2).strip_nulls()))[0])

    async def test_by_head_the_count_alone(self):
        head = await ask(self.rows(head=True, count=CountMethod.exact))
        self.assertEqual((head.data, head.count), ([], 2))

    async def test_what_changes_may_change_no_more_than_so_many(self):
        confirm = self.lab.rpc("confirm", {"wanted": "blue"})
        await self.refusal(confirm.max_affected(1), "PGRST124")
        unchanged = self.lab.from_("booking").select("confirmed").eq("id", 2)
        self.assertEqual(await self.data(unchanged), [{"confirmed": False}])

    async def test_widgets_of_the_desk_take_filters_and_are_not_for_clients(self):
        def overview(who):
            return who.rpc("dashboard_overview", {}, get=True)

        every = (await self.data(overview(self.agent).single()))["total_tickets"]
        high = (await self.data(overview(self.agent).eq("priority", "high").single()))["total_tickets"]
        self.assertLess(0, high)
        self.assertLess(high, every)
        found = await self.data(self.agent.rpc("client_analysis", {"search": "garnet"}))
        self.assertTrue(found)
        self.assertTrue(all(row["client_name"].startswith("Garnet") for row in found))
        await self.refusal(overview(self.client), "42501")

    async def test_what_is_not_there_is_refused_with_what_is(self):
        misspelt = await self.refusal(self.lab.rpc("room_off", {"booking": {}}), "PGRST202")
        self.assertEqual(misspelt.hint, "Perhaps you meant to call the function lab.room_of")
        incomplete = await self.refusal(self.lab.rpc("add", {"a": 1}), "PGRST202")
        self.assertEqual(incomplete.hint, "Perhaps you meant to call the function lab.add(a, b)")
