-- requires: sql/functions/claims.whole_number.sql
--
-- Policies ask once a statement: (select claims.team_member_id()), never bare.
create or replace function claims.team_member_id()
returns integer
language sql
stable
parallel safe
as $$
    select claims.whole_number('team_member_id')
$$;
comment on function claims.team_member_id() is
'The team member that the caller is; NULL when the token does not say.';
revoke all on function claims.team_member_id() from public;
grant execute on function claims.team_member_id()
to desk_anon, desk_client, desk_internal, desk_service;
