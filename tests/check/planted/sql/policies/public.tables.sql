alter table public.people enable row level security;
alter table public.people force row level security;
grant select on public.people to planted_user; -- here: sensitive_columns_exposed
drop policy if exists all_owner on public.people;
create policy all_owner on public.people for all to planted_owner using (true) with check (true);
drop policy if exists select_any on public.people;
create policy select_any on public.people for select to planted_user using (true);

alter table public.notes enable row level security, force row level security;
grant select, insert, update, truncate on public.notes to planted_user; -- here: truncate_granted
grant delete on public.notes to planted_anon;
drop policy if exists all_owner on public.notes;
create policy all_owner on public.notes for all to planted_owner using (true) with check (true);
drop policy if exists select_own on public.notes;
create policy select_own on public.notes for select to planted_user -- here: claim_per_row, several_permissive_policies
using (owner = current_setting('request.jwt.claims', true)::json ->> 'name');
drop policy if exists select_asked on public.notes;
create policy select_asked on public.notes for select to planted_user -- here: untrusted_claim
using ((select current_setting('request.headers', true)::json ->> 'x-who') = owner);
drop policy if exists insert_any on public.notes;
create policy insert_any on public.notes for insert to planted_user with check (1 = 1); -- here: always_true_policy
drop policy if exists update_own on public.notes;
create policy update_own on public.notes for update to planted_user using (owner = current_user) with check (true); -- here: unchecked_new_row
drop policy if exists delete_own on public.notes;
create policy delete_own on public.notes for delete using (owner = current_user); -- here: policy_to_public

drop policy if exists select_own on public.idle;
create policy select_own on public.idle for select to planted_user using (owner = current_user); -- here: policy_without_rls
grant select on public.idle to planted_user;

alter table public.nameless enable row level security, force row level security;
drop policy if exists all_owner on public.nameless;
create policy all_owner on public.nameless for all to planted_owner using (true); -- here: policy_without_check

alter table public.silent enable row level security;
alter table public.silent force row level security;
grant select on public.silent to planted_user;

alter table public.loose enable row level security;
drop policy if exists select_one on public.loose;
create policy select_one on public.loose for select to planted_user using (id = 1); -- live: policy_without_grant

alter table public.blind enable row level security, force row level security;
grant select, delete on public.blind to planted_user;
drop policy if exists select_own on public.blind;
create policy select_own on public.blind for select to planted_user using (owner = current_user);
drop policy if exists delete_own on public.blind;
create policy delete_own on public.blind for delete to planted_user; -- here: policy_without_condition

alter table public.referring enable row level security, force row level security;
drop policy if exists all_owner on public.referring;
create policy all_owner on public.referring for all to planted_owner using (true) with check (true);
grant delete on public.referring to planted_user;

alter table public.lefts enable row level security, force row level security;
alter table public.rights enable row level security, force row level security;
grant select on public.lefts, public.rights to planted_user;
drop policy if exists all_owner on public.lefts;
create policy all_owner on public.lefts for all to planted_owner using (true) with check (true);
drop policy if exists all_owner on public.rights;
create policy all_owner on public.rights for all to planted_owner using (true) with check (true);
drop policy if exists select_right on public.lefts;
create policy select_right on public.lefts for select to planted_user -- here: policy_recursion
using (exists (select from public.rights as r where r.id = lefts.id));
drop policy if exists select_left on public.rights;
create policy select_left on public.rights for select to planted_user -- here: policy_recursion
using (exists (select from public.lefts as l where l.id = rights.id));

-- check:allow rls_disable public.open_notes: no such rule -- here: malformed_exclusion
-- check:allow rls_disabled public.no_such_table: it was dropped -- live: unused_exclusion
