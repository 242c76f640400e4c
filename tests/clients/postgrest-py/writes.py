"""insert, update, upsert, delete, on rows of each test's own."""

import datetime
import uuid

from postgrest import CountMethod, ReturnMethod

from desk import Desk, ask

EXACT, MINIMAL = CountMethod.exact, ReturnMethod.minimal


class Writes(Desk):
    @property
    def bookings(self):
        return self.lab.from_("booking")

    async def in_room(self, room, *columns):
        rows = self.bookings.select(*columns or ["stars"]).eq("room", room).order("id")
        return [tuple(row.values()) for row in await self.data(rows)]

    async def test_insert_gives_the_row_what_is_selected_or_nothing(self):
        [row] = await self.data(self.bookings.insert({"room": "one", "note": "first"}))
        self.assertEqual((row["room"], row["note"], row["stars"]), ("one", "first", 3))
        selected = self.bookings.insert({"room": "one", "stars": 4}).select("stars")
        self.assertEqual(await self.data(selected), [{"stars": 4}])
        silent = await ask(self.bookings.insert({"room": "one"}, returning=MINIMAL, count=EXACT))
        self.assertEqual((silent.data, silent.count), ([], 1))
        one = self.bookings.insert({"room": "one", "stars": 1}).select("stars").single()
        self.assertEqual(await self.data(one), {"stars": 1})

    async def test_insert_many_where_what_one_leaves_out_is_null_or_the_default(self):
        rows = [{"room": "many", "stars": 1}, {"room": "many", "note": "no stars"}]
        counted = await ask(self.bookings.insert(rows, count=EXACT))
        self.assertEqual((len(counted.data), counted.count), (2, 2))
        self.assertEqual(await self.in_room("many"), [(1,), (None,)])
        await ask(self.bookings.insert([{**row, "room": "defaults"} for row in rows], default_to_null=False))
        self.assertEqual(await self.in_room("defaults"), [(1,), (3,)])
        self.assertEqual(await self.data(self.bookings.insert([])), [])

    async def test_insert_follows_policies_triggers_and_constraints(self):
        ticket = {"ticket_type_id": 1, "title": "Cannot sign in", "tags": ("sso",)}
        query = self.client.from_("tickets").insert(ticket).select("client_id", "status", "priority", "tags")
        expected = {"client_id": 1, "status": "open", "priority": "medium", "tags": ["sso"]}
        self.assertEqual(await self.data(query.single()), expected)
        await self.refusal(self.client.from_("tickets").insert({**ticket, "client_id": 2}), "42501")
        missing = await self.refusal(self.bookings.insert({"stars": 1}), "23502")
        self.assertIn('null value in column "room"', missing.message)
        twice = {"client_name": "x", "email": "support@amber-logistics.example"}
        await self.refusal(self.admin.from_("clients").insert(twice), "23505")
        await self.refusal(self.bookings.insert({"room": "x", "colour": "red"}), "PGRST204")
        await self.refusal(self.bookings.insert({"room": "x", "stars": "5"}), "RD106")

    async def test_values_of_python_arrive_as_their_columns_read_them(self):
        values = {"at": datetime.date(2026, 1, 2), "by": uuid.UUID(int=7), "raw": b"\x01"}
        email = "values@py.example"
        row = {"client_name": "x", "email": email, "metadata": values}
        query = self.admin.from_("clients").upsert(row, on_conflict="email").select("metadata")
        expected = {"at": "2026-01-02", "by": str(uuid.UUID(int=7)), "raw": "\\x01"}
        self.assertEqual(await self.data(query), [{"metadata": expected}])
        await ask(self.admin.from_("clients").delete().eq("email", email))

    async def test_update_the_rows_that_filters_choose(self):
        await ask(self.bookings.insert([{"room": "update", "stars": 1}, {"room": "update", "stars": 2}]))
        silent = self.bookings.update({"note": "changed"}, count=EXACT, returning=MINIMAL)
        answer = await ask(silent.eq("room", "update").eq("stars", 1))
        self.assertEqual((answer.data, answer.count), ([], 1))
        shown = self.bookings.update({"stars": 4}).eq("room", "update").select("stars", "note")
        expected = [{"stars": 4, "note": "changed"}, {"stars": 4, "note": None}]
        self.assertEqual(await self.data(shown.order("note")), expected)
        whole = await self.data(self.bookings.update({"stars": 5}).eq("room", "update").eq("note", "changed"))
        self.assertEqual([row["stars"] for row in whole], [5])
        self.assertEqual(await self.data(self.bookings.update({"stars": 0}).eq("id", 0)), [])
        self.assertIsNone(await ask(self.bookings.update({"stars": 0}).eq("id", 0).maybe_single()))

    async def test_update_without_a_filter_or_without_the_right_is_refused(self):
        error = await self.refusal(self.bookings.update({"stars": 0}), "RD107")
        self.assertIsNotNone(error.hint)
        await self.refusal(self.agent.from_("ticket_types").update({"priority": "low"}).eq("id", 1), "42501")
        await ask(self.bookings.insert([{"room": "two", "stars": 1}, {"room": "two", "stars": 1}]))
        await self.refusal(self.bookings.update({"stars": 9}).eq("room", "two").single(), "PGRST116")
        self.assertEqual(await self.in_room("two"), [(1,), (1,)])

    async def test_upsert_by_the_primary_key_merges_or_ignores(self):
        await ask(self.bookings.insert({"id": 50, "room": "upsert", "stars": 1, "note": "kept"}))
        two = [{"id": 50, "room": "upsert", "stars": 2}, {"id": 51, "room": "upsert", "stars": 3}]
        answer = await ask(self.bookings.upsert(two, count=EXACT).select("id", "stars", "note").order("id"))
        self.assertEqual(answer.count, 2)
        expected = [{"id": 50, "stars": 2, "note": "kept"}, {"id": 51, "stars": 3, "note": None}]
        self.assertEqual(answer.data, expected)
        again = [{"id": 50, "room": "upsert", "stars": 7}, {"id": 52, "room": "upsert", "stars": 7}]
        ignored = self.bookings.upsert(again, ignore_duplicates=True).select("id")
        self.assertEqual(await self.data(ignored), [{"id": 52}])
        third = [{"id": 53, "room": "upsert", "note": "a"}, {"id": 54, "room": "upsert", "stars": 1}]
        silent = await ask(self.bookings.upsert(third, default_to_null=False, returning=MINIMAL))
        self.assertEqual(silent.data, [])
        # By insert, as well.
        await ask(self.bookings.insert({"id": 50, "room": "upsert", "stars": 4}, upsert=True))
        self.assertEqual(await self.in_room("upsert"), [(4,), (3,), (7,), (3,), (1,)])

    async def test_upsert_by_another_unique_column(self):
        clients, email = self.admin.from_("clients"), "upsert@py.example"
        first = await self.data(clients.upsert({"client_name": "First", "email": email}, on_conflict="email"))
        second = await self.data(clients.upsert({"client_name": "Second", "email": email}, on_conflict="email"))
        self.assertEqual(first[0]["id"], second[0]["id"])
        self.assertEqual(second[0]["client_name"], "Second")
        await self.refusal(clients.upsert({"client_name": "x", "email": email}, on_conflict="status"), "42P10")
        await ask(clients.delete().eq("email", email))

    async def test_delete_the_rows_that_filters_choose(self):
        await ask(self.bookings.insert([{"room": "delete", "stars": stars} for stars in (1, 2, 3)]))
        shown = self.bookings.delete().eq("room", "delete").eq("stars", 1).select("stars")
        self.assertEqual(await self.data(shown), [{"stars": 1}])
        silent = await ask(self.bookings.delete(count=EXACT, returning=MINIMAL).eq("room", "delete"))
        self.assertEqual((silent.data, silent.count), ([], 2))
        self.assertEqual(await self.in_room("delete"), [])
        await self.refusal(self.bookings.delete(), "RD107")
        await self.refusal(self.agent.from_("clients").delete().eq("id", 1), "42501")

    async def test_max_affected_allows_so_many_and_no_more(self):
        await ask(self.bookings.insert([{"room": "max", "stars": 1}, {"room": "max", "stars": 2}]))
        error = await self.refusal(self.bookings.update({"stars": 9}).eq("room", "max").max_affected(1), "PGRST124")
        self.assertEqual(error.details, "The query affects 2 rows")
        await self.refusal(self.bookings.delete().eq("room", "max").max_affected(1), "PGRST124")
        self.assertEqual(await self.in_room("max"), [(1,), (2,)])
        self.assertEqual(len(await self.data(self.bookings.delete().eq("room", "max").max_affected(2))), 2)
