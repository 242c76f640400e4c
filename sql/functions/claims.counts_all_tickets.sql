-- requires: sql/functions/claims.sees_all_tickets.sql
--
-- Sums over all tickets are for whoever sees all of them. A restrictive policy on tickets, whatever it says,
-- takes them from everybody: what it hides must not be counted. Whoever makes an existing policy of tickets
-- narrower in another way says so here.
create or replace function claims.counts_all_tickets()
returns boolean
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
    return (
            pg_has_role('desk_manager', 'usage')
            or pg_has_role('desk_service', 'usage')
            or claims.sees_all_tickets()
        )
        and not exists (
            select
            from pg_catalog.pg_policy as p
            where p.polrelid = 'public.tickets'::regclass
                and not p.polpermissive
                and p.polcmd in ('r', '*')
        );
end
$$;
comment on function claims.counts_all_tickets() is
'Whether the caller sees every ticket, so that sums over all of them are the caller''s numbers.';
revoke all on function claims.counts_all_tickets() from public;
grant execute on function claims.counts_all_tickets() to desk_internal, desk_service;
